"""Pictures of every kind of page, to be looked at.

    python tests/site/screenshots.py output/public pictures

Each kind of page in both languages, 1280 and 390 pixels wide, light; and the Chinese ones dark.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = {1280: 900, 390: 844}
SCHEMES = {"zh": ("light", "dark"), "en": ("light",)}
PLAIN = (
    "index", "indicators", "regions", "reports", "releases", "quality", "discrepancies", "codebook", "use",
    "about", "search", "data",
)  # fmt: skip


def kinds(public: Path) -> dict[str, str]:
    """The address of a page of each kind by its name; of those with many, the largest one."""
    found = {name: f"{name}.html" for name in PLAIN}
    for folder in ("report", "region", "indicator"):
        found[folder] = f"{folder}/{_largest(public / 'en' / folder).name}"
    report = _largest(public / "en" / "report")
    numbers = re.findall(r'class="n [^"]*coded[^"]*" id="([^"]+)"', report.read_text("utf-8"))
    return found | {"number": f"report/{report.name}#{numbers[2]}", "found": "search.html?q=2025%20GDP"}


def _largest(folder: Path) -> Path:
    return max(folder.glob("*.html"), key=lambda path: (path.stat().st_size, path.name))


def main() -> None:
    """Writes the pictures and prints where they are."""
    public, folder = (Path(one).absolute() for one in sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width, height in SIZES.items():
            for language, schemes in SCHEMES.items():
                for scheme in schemes:
                    size = {"width": width, "height": height}
                    page = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
                    for name, path in kinds(public).items():
                        page.goto(f"{(public / language).as_uri()}/{path}")
                        page.wait_for_timeout(500)
                        page.screenshot(path=folder / f"{name}-{language}-{width}-{scheme}.png")
                    page.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
