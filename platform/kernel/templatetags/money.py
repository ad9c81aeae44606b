from django import template

from kernel import money

register = template.Library()
register.filter("yuan", money.yuan)
