"""The head of a page: its title and description are said once and used for the tab, the search engine and the chat."""

from typing import Any

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token

from web import sharing

register = template.Library()


class Capture(Node):
    """Render what is inside once, for use in several places."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> str:
        context[self.name] = self.nodelist.render(context).strip()
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> Capture:
    """``{% capture name %}…{% endcapture %}``"""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Capture(name, nodelist)


@register.inclusion_tag("web/share.html", takes_context=True)
def share_head(context: Context) -> dict[str, Any]:
    request = context.get("request")
    if request is None:
        return {}
    description = context["page_description"] or context["every_page"]
    return sharing.head(request, context.get("share") or {}, context["page_title"], description)
