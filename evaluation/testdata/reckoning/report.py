"""Reckons branch reports a second time, from the field's rules in words and from nothing of the program but the shape
of its JSON, so that a test can hold the two against each other.

It reads programmes from stdin, one JSON object a line: checklists with their versions, branches, visits with what was
answered, targets, the present time, and the reports that are asked for. For each programme it prints a line with its
reports, shaped as the API gives them, without what is only words. What is exact stays a fraction until it is printed.
It needs Python 3.9 or later and nothing besides.
"""

import json
import math
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace as Record
from zoneinfo import ZoneInfo

from figures import estimate, figure, half_up, mean_of, pooled_spread, present, shown, t_quantile, wilson
from scoring import band_of, by_section, chosen, earned_and_possible, is_critical, is_scored, score, section_weight, total

TOUCHPOINTS = ["awareness", "research", "purchase", "after-sale", "loyalty"]
NEEDS = ["friendliness", "empathy", "fairness", "control", "alternatives", "information"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Programme:
    def __init__(self, given):
        self.given = given
        self.checklists = {c["id"]: c["versions"] for c in given["checklists"]}
        self.branches = {b["id"]: b for b in given["branches"]}
        self.visits = []
        for v in given["visits"]:
            if not v["approved"]:
                continue
            begun = datetime.fromisoformat(v["begun"].replace("Z", "+00:00")).astimezone(ZoneInfo(self.branches[v["branch"]]["zone"]))
            visit = Record(**v, day=begun.date(), hour=begun.hour)
            visit.document = self.checklists[visit.checklist][visit.version - 1]
            visit.result = score(visit.document, visit.answers)
            # What is kept for figures over the whole programme: millionths, rounded half up.
            visit.millionths = None if visit.result.score is None else Fraction(half_up(visit.result.score, 10**6), 10**6)
            self.visits.append(visit)
        self.visits.sort(key=lambda v: (v.day, v.shuffle))

    def of(self, checklist, first, last, wanted):
        return [v for v in self.visits if v.checklist == checklist and first <= v.day <= last and wanted(self.branches[v.branch])]

    def report(self, asked):
        branch = self.branches[asked["branch"]]
        today = datetime.fromisoformat(self.given["now"].replace("Z", "+00:00")).astimezone(ZoneInfo(branch["zone"])).date()
        last = date.fromisoformat(asked["to"]) if asked["to"] else today
        first = date.fromisoformat(asked["from"]) if asked["from"] else last - timedelta(days=89)
        here = [v for v in self.visits if v.branch == branch["id"]]
        uses = self.uses([v for v in here if first <= v.day <= last])
        if asked.get("checklist"):
            mine = [u for u in uses if u["id"] == asked["checklist"]]
            if not mine:
                versions = [v.version for v in here if v.checklist == asked["checklist"]]
                if not versions:
                    return {"refused": "checklist"}
                mine = [{"id": asked["checklist"], "versions": [max(versions)], "n": 0, "unscored": 0}]
            uses = mine + [u for u in uses if u["id"] != asked["checklist"]]
        r = {"period": {"from": first.isoformat(), "to": last.isoformat()}, "other_checklists": uses[1:], "bands": [],
             "mean": {"n": 0, "method": "none"}, "comparisons": [], "strengths": [], "to_work_on": [], "sections": [], "touchpoints": [],
             "needs": [], "standards": [], "grid": grid([]), "visits": [], "questions": []}
        if uses:
            r["checklist"] = uses[0]
            self.figures(r, branch, uses[0], first, last, today)
        return r

    @staticmethod
    def uses(visits):
        """How often each checklist was used, the most used first."""
        used = defaultdict(list)
        for v in visits:
            used[v.checklist].append(v)
        def often(item):
            scored = sum(v.result.score is not None for v in item[1])
            return -scored, -len(item[1]), -max(v.day for v in item[1]).toordinal(), item[0]
        return [{"id": id, "versions": sorted({v.version for v in visits}), "n": sum(v.result.score is not None for v in visits),
                 "unscored": sum(v.result.score is None for v in visits)} for id, visits in sorted(used.items(), key=often)]

    def figures(self, r, branch, use, first, last, today):
        checklist = use["id"]
        documents = [self.checklists[checklist][n - 1] for n in reversed(use["versions"])]  # the newest first
        bands = documents[0]["scoring"].get("bands", [])
        visits = self.of(checklist, first, last, lambda b: b is branch)
        scores = [v.result.score for v in visits if v.result.score is not None]
        ours = self.pool(checklist, first, last)
        mean = estimate(scores, ours) if len(scores) >= 3 else None
        r["bands"] = bands
        r["mean"] = {"n": len(scores), "method": "none"}
        if mean:
            r["mean"] = present(n=len(scores), mean=float(mean.mean), low=mean.low, high=mean.high, margin=mean.margin, method=mean.method,
                                shown=shown(mean.mean, bands), band=band_of(mean.mean, bands),
                                standard_deviation=mean.spread.s, degrees_of_freedom=mean.spread.df)
        if visits:
            days = (last - first).days + 1
            earlier = (first - timedelta(days=days), first - timedelta(days=1))
            before = [v.result.score for v in self.of(checklist, *earlier, lambda b: b is branch) if v.result.score is not None]
            r["change"] = {"before": {"from": earlier[0].isoformat(), "to": earlier[1].isoformat()}, **change(scores, before, ours, bands)}
            r["comparisons"] = self.comparisons(mean, scores, branch, checklist, first, last, ours, bands)
        r["target"] = self.target(branch, checklist, mean, last, today)
        if r["target"] is None:
            del r["target"]
        r["sections"] = sections(documents, visits)
        r["touchpoints"] = parts(TOUCHPOINTS, visits, lambda section, question: section.get("touchpoint"))
        r["needs"] = parts(NEEDS, visits, lambda section, question: question.get("need"))
        r["standards"] = standards(documents, visits)
        r["grid"] = grid(visits)
        coverages = [v.result.coverage for v in visits if v.result.coverage is not None]
        if len(coverages) >= 3:
            r["coverage"] = {"mean": float(mean_of(coverages)), "shown": shown(mean_of(coverages))}
            bounds = [v.result for v in visits if v.result.lowest is not None]
            if len(bounds) >= 3:
                r["coverage"]["lowest"] = shown(mean_of([b.lowest for b in bounds]), bands)
                r["coverage"]["highest"] = shown(mean_of([b.highest for b in bounds]), bands)
        questions(r, documents, visits, len(scores))
        r["visits"] = [visit_of(v) for v in visits]

    def pool(self, checklist, first, last):
        """The spread of our branches in the calendar months that the period touches."""
        months = [v for v in self.visits if v.checklist == checklist and not self.branches[v.branch]["competitor"] and v.millionths is not None
                  and (first.year, first.month) <= (v.day.year, v.day.month) <= (last.year, last.month)]
        groups = defaultdict(list)
        for v in months:
            groups[v.branch].append(v.millionths)
        return pooled_spread(groups.values())

    def comparisons(self, mean, scores, branch, checklist, first, last, ours, bands):
        listed = []
        for scope, name, wanted in (
            ("region", branch["region"], lambda b: not b["competitor"] and b["region"] == branch["region"]),
            ("network", "All our branches", lambda b: not b["competitor"]),
            ("competitors", "Competitors", lambda b: b["competitor"]),
        ):
            wide = [v for v in self.of(checklist, first, last, wanted) if v.millionths is not None]
            if not wide or scope == "region" and branch["region"] == "":
                continue
            c = {"scope": scope, "name": name, "n": len(wide), "verdict": "cannot-be-told"}
            if len(wide) >= 3:
                theirs = estimate([v.millionths for v in wide], ours)
                c.update(mean=float(theirs.mean), low=theirs.low, high=theirs.high, shown=shown(theirs.mean, bands))
                if mean:
                    # Judged by the exact scores, of which millionths are the record.
                    exact = estimate([v.result.score for v in wide], ours)
                    c["verdict"] = "above" if mean.low > exact.high else "below" if mean.high < exact.low else "overlaps"
            listed.append(c)
        return listed

    def target(self, branch, checklist, mean, last, today):
        targets = [t for t in self.given["targets"] if t["checklist"] == checklist
                   and (t.get("branch") == branch["id"] or "branch" not in t and not branch["competitor"] and t["region"] == branch["region"])]
        targets = [t for t in targets if "branch" in t] or targets
        ahead = [t for t in targets if t["by"] >= last.isoformat()]
        if not targets:
            return None
        t = min(ahead, key=lambda t: t["by"]) if ahead else max(targets, key=lambda t: t["by"])
        standing, wanted = "cannot-be-told", float(Fraction(t["score"], 10_000))
        if mean and mean.low >= wanted:
            standing = "reached"
        elif mean and mean.high < wanted:
            standing = "missed" if t["by"] < today.isoformat() else "on-the-way"
        hundredths = f"{t['score'] // 100}.{t['score'] % 100:02d}"
        return present(score=t["score"], shown=hundredths[:-1] if hundredths.endswith("0") else hundredths, by=t["by"],
                       of_the_region=None if "branch" in t else True, standing=standing)


def visit_of(v):
    result, bands = v.result, v.document["scoring"].get("bands", [])
    return present(
        evaluation_id=v.id, day=v.day.isoformat(), part_of_day=part_of_day(v), checklist_version=v.version,
        score=figure(result.score, bands), calculated=figure(result.calculated, bands), outcome=result.outcome,
        coverage=figure(result.coverage), band=result.band,
        bounds=None if result.lowest is None else {"lowest": figure(result.lowest, bands), "highest": figure(result.highest, bands)},
        sections=[present(id=s["id"], score=figure(share, bands)) for s, share, scorable
                  in zip(v.document["sections"], result.sections, result.scorable) if share is not None or scorable])


def change(now, before, ours, bands):
    c = {"n_before": len(before), "verdict": "cannot-be-told"}
    if len(before) >= 3:
        c.update(mean_before=float(mean_of(before)), shown_before=shown(mean_of(before), bands))
    if len(now) >= 3 and len(before) >= 3:
        difference = mean_of(now) - mean_of(before)
        c["difference"] = float(difference)
        if ours:
            c["margin"] = t_quantile(ours.df) * ours.s * math.sqrt(1 / len(now) + 1 / len(before))
            c["verdict"] = "none" if abs(difference) <= c["margin"] else "higher" if difference > 0 else "lower"
    return c


def part_figures(id, results):
    p = {"id": id, "n": len(results)}
    if results:
        p.update(lowest=float(min(results)), highest=float(max(results)))
    if len(results) >= 3:
        p.update(mean=float(mean_of(results)), shown=shown(mean_of(results)))
    elif results:
        p["single_results"] = [shown(r) for r in results]
    return p


def sections(documents, visits):
    """Those that can have a score: as the newest version has them, then those of older ones only."""
    listed = {}
    for document in documents:
        for section in document["sections"]:
            if section["id"] not in listed and any(is_scored(q) for q in section["questions"]):
                results = [share for v in visits for s, share in zip(v.document["sections"], v.result.sections)
                           if s["id"] == section["id"] and share is not None]
                listed[section["id"]] = part_figures(section["id"], results)
                if section_weight(section) == 0:
                    listed[section["id"]]["outside_total"] = True
    return list(listed.values())


def for_the_branch(v):
    return [p for p in v.result.parts if p.question.get("audience") != "coordinator"]


def parts(names, visits, part_of):
    """Touchpoints or needs: in each visit what their questions inside the total earned over what was possible."""
    listed = []
    for name in names:
        results = []
        for v in visits:
            possible = [p for _, p in by_section(v.document, v.result.counted)]
            mine = [p for p in for_the_branch(v) if p.counted and section_weight(v.document["sections"][p.section]) > 0
                    and part_of(v.document["sections"][p.section], p.question) == name
                    and (possible[p.section] or not p.bonus)]
            earned, possible = earned_and_possible(mine)
            if possible:
                results.append(Fraction(earned, possible))
        if results:
            listed.append(part_figures(name, results))
    return listed


def standards(documents, visits):
    """Kept in a visit where every answer that tells says so."""
    listed = {}
    for document in documents:
        tested = {q.get("standard") for s in document["sections"] for q in s["questions"] if q.get("audience") != "coordinator"}
        for standard in document.get("standards", []):
            if standard["id"] in listed or standard["id"] not in tested:
                continue
            told = [[p.kept for p in for_the_branch(v) if p.real and p.question.get("standard") == standard["id"]] for v in visits]
            told = [all(answers) for answers in told if answers]
            s = {"id": standard["id"], "kept": sum(told), "n": len(told)}
            if len(told) >= 3:
                s["low"], s["high"] = wilson(sum(told), len(told))
            listed[standard["id"]] = s
    return list(listed.values())


def part_of_day(v):
    return "before-12" if v.hour < 12 else "12-17" if v.hour < 17 else "after-17"


def grid(visits):
    fields = Counter((v.day.weekday(), part_of_day(v)) for v in visits)
    return {"days": [{"weekday": name, "before_12": fields[i, "before-12"], "from_12_to_17": fields[i, "12-17"], "after_17": fields[i, "after-17"]}
                     for i, name in enumerate(WEEKDAYS)], "holes": 21 - len(fields)}


def questions(r, documents, visits, scored):
    """What every question took from the score, and by that which are strengths and which are to be worked on."""
    figures = {}
    for document in documents:
        for section in document["sections"]:
            for q in section["questions"]:
                if q["id"] not in figures and q.get("audience") != "coordinator":
                    f = question_figures(q, visits)
                    if f.n:
                        figures[q["id"]] = f
    for f in figures.values():
        r["questions"].append(present(question_id=f.question["id"], n=f.n, share=float(f.share), failed=f.failed,
                                      cost=float(f.cost / scored) if scored else None))
    if scored < 3:
        return
    enough = [f for f in figures.values() if f.n >= 3]
    firm = [f for f in enough if f.share >= Fraction(9, 10)]
    strengths = [f for f in firm if not f.failed and f.carried > 0]
    to_work_on = [f for f in enough if f.failed or f not in firm and f.cost / scored >= Fraction(5, 1000)]
    strengths.sort(key=lambda f: -f.carried)
    to_work_on.sort(key=lambda f: (-f.failed, -f.cost))
    r["strengths"] = [point(f, scored) for f in strengths[:3]]
    r["to_work_on"] = [point(f, scored) for f in to_work_on[:3]]


def question_figures(question, visits):
    """Cost is how much higher the visits' totals were, had the question brought all that was possible; what it carried is
    how much lower they were, had it brought nothing. Critical questions without points tell too: all or nothing."""
    f = Record(question=question, n=0, share=Fraction(0), cost=Fraction(0), carried=Fraction(0), failed=0, answers=Counter())
    for v in visits:
        for p in for_the_branch(v):
            if p.question["id"] != question["id"] or p.bonus or not (p.counted or p.real and is_critical(p.question)):
                continue
            f.n += 1
            f.failed += p.fails
            f.share += Fraction(p.earned, p.possible) if p.counted and p.possible else Fraction(p.earned >= 0 and not p.fails)
            for kind in kinds(p.question, v.answers[p.question["id"]]):
                f.answers[kind] += 1
            if p.counted and (was := total(v.document, v.result.counted)) is not None:
                others = [o for o in v.result.counted if o is not p]
                f.cost += total(v.document, others + [Record(**{**vars(p), "earned": p.possible})]) - was
                f.carried += was - total(v.document, others + [Record(**{**vars(p), "earned": 0})])
    if f.n:
        f.share /= f.n
    return f


def point(f, scored):
    of_now = kinds(f.question)
    older = sorted(kind for kind in f.answers if kind not in of_now)
    return present(question_id=f.question["id"], n=f.n, share=float(f.share), shown=shown(f.share), cost=float(f.cost / scored),
                   cost_shown=shown(f.cost / scored), failed=f.failed or None,
                   answers=[{"text": kind, "n": f.answers[kind]} for kind in of_now + older])


def kinds(question, answer=None):
    """The kinds of answers that are counted, or those that an answer is of: options, steps of a short scale, else bands."""
    if question["type"] in ("choice", "choices"):
        options = [o for o in question["options"] if not o.get("na")] if answer is None else chosen(question, answer)
        return [o["text"] for o in options]
    if question["type"] == "scale" and question["to"] - question["from"] < 10:
        return [str(step) for step in ([answer] if answer is not None else range(question["from"], question["to"] + 1))]
    bands = question.get("bands", [])
    unit = " s" if question["type"] == "duration" else ""
    words = [f"up to {b['up_to']}{unit}" if "up_to" in b else f"more than {bands[i - 1]['up_to']}{unit}" if i else "any" for i, b in enumerate(bands)]
    return words if answer is None else [words[bands.index(chosen(question, answer)[0])]]


if __name__ == "__main__":
    for line in sys.stdin:
        programme = Programme(json.loads(line))
        print(json.dumps([programme.report(asked) for asked in programme.given["reports"]]))
