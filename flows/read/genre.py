"""Whether a text is a government work report at all, and whether it is a whole one.

All texts here are cleaned (simplified script, no blanks inside words).
"""

from __future__ import annotations

import re

from flows.read.reasons import Unreadable

_NAME = r"政府(?:\d{4}年)?的?工作(?:的)?报告"
_TITLE = re.compile(rf"^[^。！？；]{{0,40}}{_NAME}[^。！？；、，]{{0,24}}$")
# A line that ends like a title but tells of a report: …市长作政府工作报告, 关于政府工作报告的决议.
_NO_TITLE = re.compile(
    r"[作做](?:了)?(?:的)?政府工作报告|(?:听取|审议|讨论|审查|批准|解读|学习|热议|聚焦|读懂|速览|起草|贯彻|落实|图解|看点)"
    r"|报告[》”]?(?:的)?(?:决议|决定|说明|解读|意见|通知|审议|审查|批复|任务分解|重点工作分工|诞生)|[》>]"
)
_DECISION = re.compile(
    r"(?:听取|审议|讨论|审查)(?:和|并|了)[^。]{0,60}报告|工作报告[》”]?的(?:决议|决定|审查)|次会议(?:批准|通过)[^。]{0,30}报告"
)
_DECIDED = re.compile(r"(?:批准|同意|通过|号召|肯定)[^。]{0,40}")
_OTHER = re.compile(
    r"(?:预算|决算|财政收支|国民经济和社会发展计划|法院|检察院|常务?委员会|人大常委会|政协|审计|党代会|监察委|纪委)"
    r"[^。\n，]{0,30}报告|统计公报|实施方案|任务分工|任务分解"
)
_OPENING = re.compile(
    r"(?:代表|受|据|由)[^。]{0,24}(?:政府|国务院)[^。]{0,60}(?:报告|工作)|请(?:予|各位代表)?(?:一并)?审[议查]"
    r"|向[^。，]{0,24}(?:大会|会议)[^。]{0,12}(?:报告|工作)"
)
_OPENING_OF_OTHER = re.compile(r"(?:提出|提请|作|将|报告)[^。]{0,40}(?:预算|决算|计划)[^。]{0,24}的报告")
_PLANNED = re.compile(
    r"(?:工作回顾|主要目标|目标任务|工作任务|重点工作|总体要求|发展思路|发展目标|工作安排|工作部署)"
)
_OWN = re.compile(r"(?:全|我)[国省市县区州盟旗]")
_AMOUNT = re.compile(r"\d(?:\.\d+)?(?:[万亿]|个?百分点|%|％)")
_FROM = re.compile(r"上接[^。\n]{0,8}版")
_ON = re.compile(r"下转[^。\n]{0,8}版|未完待续|[（(]未完[）)]|[（(]待续[）)]")
_EXTRACT = re.compile(r"摘要|摘编|摘登|节选|节录|摘录|要点|digest|excerpt", re.I)
_FIRST = re.compile(r"^(?:第一(?:部分|章)|一、)", re.M)
_LATER = re.compile(
    r"^(?:第[二三四五六七八九]部分|[二三四五六七八九]、|[（(][二三四五六七八九]、?[）)])", re.M
)


def title_lines(head: str) -> list[str]:
    """The lines of HEAD that are titles of a report (2016年焦作市政府工作报告), in their order."""
    return [line for line in map(str.strip, head.split("\n")) if is_title(line)]


def is_title(line: str) -> bool:
    """Whether LINE names a government work report and nothing said about one."""
    return len(line) <= 60 and _TITLE.search(line) is not None and _NO_TITLE.search(line) is None


def require_report(head: str, body: str, title: str, *, vouched: bool) -> None:
    """Raises Unreadable `not-a-report`, with what the text is instead, for a text that is no report.

    HEAD is the beginning of the text, BODY its text without blanks, TITLE what came beside it. VOUCHED
    (the caller named area and year) admits texts that neither call themselves a report nor anything else.
    """
    beginning = f"{title}\n{head[:500]}"
    flat = beginning.replace("\n", "")
    if _DECISION.search(flat[:400]) and _DECIDED.search(body[:1500]) and "各位代表" not in head:
        raise Unreadable("not-a-report", detail="it is a decision about a report")
    titled = is_title(title) or bool(title_lines(head))
    if titled and ("。" in body or "；" in body):
        return
    first = next((line for line in head.split("\n") if line.strip()), "")
    if _OTHER.search(title) or (len(first) <= 60 and _OTHER.search(first)):
        raise Unreadable("not-a-report", detail="it calls itself another kind of document")
    if _NO_TITLE.search(title):
        raise Unreadable("not-a-report", detail="its title tells of a report")
    flat = head.replace("\n", "")
    if _OPENING_OF_OTHER.search(flat[:800]):
        raise Unreadable("not-a-report", detail="it presents a budget or a plan")
    if (
        vouched
        or (("各位代表" in flat or "同志们" in flat) and _OPENING.search(flat))
        or _reads_like_one(body)
    ):
        return
    advice = "if it is one, pass --region CODE and --year YYYY"
    raise Unreadable("not-a-report", detail=f"it has neither the title nor the opening of one; {advice}")


def _reads_like_one(body: str) -> bool:
    """For pages from the middle: its own area over and over, amounts all along, and the usual headings."""
    own, amounts = len(_OWN.findall(body)), len(_AMOUNT.findall(body))
    marked = _FROM.search(body[:400]) or _ON.search(body[-400:])
    return (
        own >= 5
        and amounts >= 15
        and bool(_PLANNED.search(body))
        and (bool(marked) or body.count("（二）") > 0)
    )


def is_complete(head: str, tail: str, title: str) -> bool:
    """False for what is known to be a part: a newspaper page, an extract, what begins in the middle.

    HEAD and TAIL are the cleaned beginning and end of the text.
    """
    top = head[:600]
    if _EXTRACT.search(title) or any(_EXTRACT.search(line) for line in title_lines(top)):
        return False
    if _EXTRACT.search(next((line for line in top.split("\n") if line.strip()), "")):
        return False
    if _cut_before(top) or _cut_after(tail):
        return False
    first, later = _FIRST.search(head), _LATER.search(head)
    greeted = "各位代表" in head or "同志们" in top
    return greeted or first is not None or (bool(title_lines(top)) and later is None)


def _cut_before(top: str) -> bool:
    found = _FROM.search(top)
    return found is not None and _ON.search(top[: found.start()]) is None


def _cut_after(tail: str) -> bool:
    found = list(_ON.finditer(tail))
    return bool(found) and _FROM.search(tail[found[-1].end() :]) is None
