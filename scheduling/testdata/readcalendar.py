"""Reads a JSON list of iCalendar objects from standard input and writes what each says, as JSON."""
import json
import sys

from icalendar import Calendar


def text(component, name):
    return str(component.get(name, ""))


def entry(event):
    organizer, attendee = event.get("ORGANIZER", ""), event.get("ATTENDEE", "")
    assert not isinstance(attendee, list), "more than one ATTENDEE"
    return {
        "names": sorted(event.keys()),
        "uid": text(event, "UID"),
        "sequence": int(event["SEQUENCE"]),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "starts": event["DTSTART"].dt.isoformat(),
        "ends": event["DTEND"].dt.isoformat(),
        "summary": text(event, "SUMMARY"),
        "location": text(event, "LOCATION"),
        "description": text(event, "DESCRIPTION"),
        "status": text(event, "STATUS"),
        "organizer": str(organizer),
        "organizer_name": str(organizer.params["CN"]) if organizer else "",
        "attendee": str(attendee),
        "attendee_name": str(attendee.params["CN"]) if attendee else "",
        "partstat": str(attendee.params["PARTSTAT"]) if attendee else "",
        "rsvp": str(attendee.params["RSVP"]) if attendee else "",
    }


def calendar(given):
    read = Calendar.from_ical(given)
    events = [part for part in read.subcomponents if part.name == "VEVENT"]
    assert len(events) == len(read.subcomponents), "something else than events"
    refresh = read["REFRESH-INTERVAL"].to_ical().decode() if "REFRESH-INTERVAL" in read else ""
    called = {"name": text(read, "NAME"), "calname": text(read, "X-WR-CALNAME"), "refresh": refresh, "ttl": text(read, "X-PUBLISHED-TTL")}
    return {"names": sorted(read.keys()), "method": text(read, "METHOD"), **called, "entries": [entry(event) for event in events]}


json.dump([calendar(given) for given in json.load(sys.stdin)], sys.stdout)
