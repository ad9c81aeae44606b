"""What a new county finds on its first day: three drafts that show how a page is built.

They are words to be replaced, not a province's content, so they are not translated.
"""

from typing import Any

from cms.models import CountyHome, PersonPage, Place, StoryPage, VillagePage


def start_samples(home: CountyHome) -> None:
    """One draft of each kind of which the county has none yet."""
    for kind, make in ((VillagePage, _village), (PersonPage, _person), (StoryPage, _story)):
        if not kind.objects.exists():
            home.add_child(instance=make())


def _story() -> StoryPage:
    return StoryPage(
        live=False,
        title="样稿：一样东西是怎么来的",
        slug="sample-story",
        standfirst="用一句话说清它好在哪儿，不用形容词。",
        place=Place.VILLAGE,
        author="谁写的，谁拍的",
        body=_stream(
            text="<p>从一个具体的早上写起：几点，谁，在哪儿，手里拿着什么。</p>",
            heading="一年里哪几天最要紧",
            text_2="<p>写数字和做法：种多少，收多少，怎么收，怎么晒。能查到出处的写进下面的“事实与出处”。</p>",
            quote={"words": "请当事人说一句自己的话，照原样写。", "who": "谁，哪个村的"},
            numbers={"numbers": [{"number": "3", "words": "个能核实的数"}]},
            text_3="<p>在这里插一块“产品”，选县里正在卖的一样：价钱和有没有货，页面自己会跟着变。</p>",
        ),
        sources=[("source", {"text": "一件可以核实的事", "source": "在哪儿能查到"})],
    )


def _village() -> VillagePage:
    return VillagePage(
        live=False,
        title="样稿：我们村",
        slug="sample-village",
        standfirst="村里最拿手的一样，写一句。",
        place=Place.VILLAGE,
        body=_stream(
            text="<p>村在哪儿，多少户，主要种什么、养什么。选好“哪个村”，村里在卖的产品会自己排在下面。</p>",
            numbers={"numbers": [{"number": "0", "words": "户"}, {"number": "0", "words": "亩"}]},
        ),
    )


def _person() -> PersonPage:
    return PersonPage(
        live=False,
        title="样稿：王大姐",
        slug="sample-person",
        role="做什么的，做了多少年",
        words="她自己的一句话。",
        place=Place.VILLAGE,
        body=_stream(text="<p>写她每天做的事。放照片要先有本人的同意；没有照片，页面上是她的姓。</p>"),
    )


def _stream(**blocks: Any) -> list[tuple[str, Any]]:
    """Blocks in order; a second of a kind has a number behind its name."""
    return [(name.partition("_")[0], value) for name, value in blocks.items()]
