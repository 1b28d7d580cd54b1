"""What the answers of one visit come to. Points and weights are integers in hundredths; both sides of a ratio have the
same unit."""

from fractions import Fraction
from types import SimpleNamespace as Record


def real_points(question):
    """What each answer that is not N/A is worth; None where it carries no points."""
    answers = [o for o in question.get("options", []) if not o.get("na")] + question.get("bands", [])
    return [a.get("points") for a in answers]


def is_scored(question):
    return any(p is not None for p in real_points(question)) and question.get("weight", 100) > 0


def is_critical(question):
    return any(a.get("fails") for a in question.get("options", []) + question.get("bands", []))


def extremes(question):
    """The lowest and the highest that an answer can earn; of choices several can be had at once."""
    points = [p or 0 for p in real_points(question)]
    if question["type"] == "choices":
        return sum(p for p in points if p < 0), sum(p for p in points if p > 0)
    return (min(points), max(points)) if points else (0, 0)


def is_na(question, answer):
    if isinstance(answer, dict):
        return answer.get("na", False)
    return any(o.get("na") for o in chosen(question, answer))


def chosen(question, answer):
    """The options or the band that an answer falls on."""
    if question["type"] in ("choice", "choices"):
        ids = [answer] if question["type"] == "choice" else answer
        return [o for o in question["options"] if o["id"] in ids]
    return [next(b for b in question.get("bands", [{}]) if "up_to" not in b or answer <= b["up_to"])]


def holds(condition, questions, answers):
    """Whether a condition holds; answers are those to visible questions."""
    if condition is None:
        return True
    for list_of, quantifier in (("all", all), ("any", any)):
        if list_of in condition:
            return quantifier(holds(c, questions, answers) for c in condition[list_of])
    if "none" in condition:
        return not any(holds(c, questions, answers) for c in condition["none"])
    if condition["question"] not in answers:
        return False
    question, answer = questions[condition["question"]], answers[condition["question"]]
    if "na" in condition or is_na(question, answer):
        return "na" in condition and is_na(question, answer)
    if "answered" in condition:
        return True
    if "at_least" in condition:
        return answer >= condition["at_least"]
    if "at_most" in condition:
        return answer <= condition["at_most"]
    ids = {o["id"] for o in chosen(question, answer)}
    if "is" in condition:
        return bool(ids & set(condition["is"]))
    return bool(ids) and not ids & set(condition["not"])


def earned_and_possible(parts):
    """Bonus adds to what was earned and not to what was possible, and counts only beside something possible."""
    possible = sum(p.weight * p.possible for p in parts if not p.bonus)
    return sum(p.weight * p.earned for p in parts if possible or not p.bonus), possible


def by_section(document, parts):
    sections = [[] for _ in document["sections"]]
    for part in parts:
        sections[part.section].append(part)
    return [earned_and_possible(s) for s in sections]


def section_weight(section):
    return section.get("weight", 100)


def total(document, parts):
    """What these parts come to before any cap; None where nothing in play was possible."""
    inside = [(section_weight(s), *sums) for s, sums in zip(document["sections"], by_section(document, parts)) if section_weight(s) > 0]
    if document["scoring"].get("method", "points") == "points":
        possible = sum(p for _, _, p in inside)
        return Fraction(sum(e for _, e, _ in inside), possible) if possible else None
    inside = [(w, e, p) for w, e, p in inside if p]
    weights = sum(w for w, _, _ in inside)
    return sum(w * Fraction(e, p) for w, e, p in inside) / weights if weights else None


def calculated(document, parts):
    share = total(document, parts)
    if share is None:
        return None
    if document["scoring"].get("cap_bonus"):
        share = min(share, Fraction(1))
    return max(share, Fraction(0))


def score(document, answers):
    """Everything that one visit's answers come to."""
    questions, visible = {}, {}
    result = Record(parts=[], outcome=None)
    counted, lowest, highest, open_points = [], [], [], 0
    for number, section in enumerate(document["sections"]):
        shown = holds(section.get("show_when"), questions, visible)
        for q in section["questions"]:
            seen = shown and holds(q.get("show_when"), questions, visible)
            questions[q["id"]] = q
            if seen and q["id"] in answers:
                visible[q["id"]] = answers[q["id"]]
            real = q["id"] in visible and not is_na(q, visible[q["id"]])
            fell_on = chosen(q, visible[q["id"]]) if real else []
            low, high = extremes(q)
            part = Record(question=q, section=number, bonus=q.get("bonus", False), weight=q.get("weight", 100), possible=max(high, 0),
                          earned=sum(a.get("points") or 0 for a in fell_on) if is_scored(q) else 0, scored=is_scored(q), real=real, counted=is_scored(q) and real,
                          fails=any(a.get("fails") for a in fell_on), kept=any(a.get("kept") for a in fell_on))
            result.parts.append(part)
            if seen and part.scored:
                if part.counted:
                    counted.append(part)
                lowest.append(part if real else Record(**{**vars(part), "earned": low}))
                highest.append(part if real else Record(**{**vars(part), "earned": high}))
                if not part.bonus and section_weight(section) > 0:
                    open_points += part.weight * part.possible
    scoring = document["scoring"]
    failed = any(p.fails for p in result.parts)
    if any(is_critical(q) for q in questions.values()):
        result.outcome = "failed" if failed else "passed"
    result.counted = counted
    result.calculated = result.score = calculated(document, counted)
    if failed and result.score is not None:
        if scoring.get("critical") == "zero":
            result.score = Fraction(0)
        elif scoring.get("critical") == "cap":
            result.score = min(result.score, Fraction(scoring["critical_cap"], 10_000))
    result.band = band_of(result.score, scoring.get("bands", []))
    inside = [p for p in counted if section_weight(document["sections"][p.section]) > 0 and not p.bonus]
    result.coverage = Fraction(sum(p.weight * p.possible for p in inside), open_points) if open_points else None
    result.lowest, result.highest = calculated(document, lowest), calculated(document, highest)
    result.sections = [Fraction(e, p) if p else None for e, p in by_section(document, counted)]
    visible_sections = {p.section for p in lowest if not p.bonus and p.weight * p.possible > 0}
    result.scorable = [i in visible_sections for i in range(len(document["sections"]))]
    return result


def band_of(share, bands):
    return next((b["name"] for b in bands if share is not None and share >= Fraction(b["from"], 10_000)), None)
