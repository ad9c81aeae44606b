from django import template

from tenants import addressing

register = template.Library()
register.simple_tag(addressing.province_url, name="province_url")
register.simple_tag(addressing.county_url, name="county_url")
