"""``python -m tests.journeys.share_pictures``: paint the drawings as PNG, because no chat shows an SVG.

Goods stand on a paper, places fill the picture, and the platform's own picture is the mark. Written to
``platform/web/static/share/``, in few colours, so that each stays small. Run it after drawing something new.
"""

import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ART = ROOT / "platform/web/static/art"
SHARE = ROOT / "platform/web/static/share"
MARK = ROOT / "platform/web/static/mark.svg"
PAPERS = [
    ("#EFE4C9", "#E2D2A9"), ("#DFD8D8", "#CCC1C2"), ("#F6DC9F", "#EDC873"), ("#D5DFEC", "#BCCCE1"),
    ("#DCE6E2", "#C4D4CD"), ("#F1D3C2", "#E3B7A2"), ("#E3E5C6", "#CFD3A5"), ("#CFDDD2", "#B3C8B9"),
    ("#DCD7E8", "#C4BCDA"), ("#CFE1E3", "#B0CBCF"),
]  # fmt: skip
SIDE, COLOURS = 400, 48


def page_of(drawing: Path) -> str:
    ground, table = PAPERS[sum(map(ord, drawing.stem)) % len(PAPERS)]
    paper = f"linear-gradient({ground} 71%,{table} 71%)"
    if drawing == MARK:
        paper = "#FDF1D3"
    wide = drawing.stem.startswith(("place-", "home-"))
    edge = SIDE * 3 // 5 if drawing == MARK else SIDE
    svg = drawing.read_text("utf-8").replace(
        "<svg ", '<svg preserveAspectRatio="xMidYMid slice" ' if wide else "<svg ", 1
    )
    return (
        f"<style>body{{margin:0;background:{paper};width:{SIDE}px;height:{SIDE}px;display:flex}}"
        f"svg{{width:{edge}px;height:{edge}px;margin:auto;display:block}}</style>{svg}"
    )


def small(png: bytes) -> bytes:
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def main() -> int:
    from playwright.sync_api import sync_playwright

    from tests.browsers import chromium_path

    SHARE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
        for drawing in [MARK, *sorted(ART.glob("*.svg"))]:
            page.set_content(page_of(drawing))
            name = "jieti" if drawing == MARK else drawing.stem
            (SHARE / f"{name}.png").write_bytes(small(page.screenshot()))
        browser.close()
    weights = [path.stat().st_size for path in SHARE.glob("*.png")]
    print(f"{len(weights)} pictures, {sum(weights) // 1024} KB, the largest {max(weights) // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
