"""Patterns of entries: what people write to say who plays when.

The patterns are for folded text in which each player is masked by `PLAYER` signs and each known
adjective by `ADJECTIVE` signs, letter by letter, so that positions stay valid.
"""

from __future__ import annotations

import re
from functools import cache

from songwright.brief.entry_places import AMOUNT, FIRST, PLACE, SPAN

PLAYER, ADJECTIVE = "\ue001", "\ue002"

_DET = rf"(?:(?:the|an?|some|one|two|single|lone|solo) |{ADJECTIVE}+,? ){{0,4}}"
_NAMED = rf"{_DET}{PLAYER}+(?:,? (?:and|&|plus) {_DET}{PLAYER}+)*"
_LIST = rf"{_DET}{PLAYER}+(?:(?:,? (?:and|&|plus)|,) {_DET}{PLAYER}+)*"
_PLAIN = rf"(?:(?:the|an?|some) )?{PLAYER}+"
_REST = (
    r"(?:the )?(?:(?:full|whole|entire|rest of the) )?(?:band|ensemble|orchestra|group)|"
    r"everybody(?: else)?|everyone(?: else)?|(?:all )?the (?:others|rest)|"
    r"(?:all |the )*other (?:instruments|players|parts)"
)
_WHO = rf"(?<![\w{PLAYER}])(?P<who>{_NAMED}|{_REST})"
_LATER = rf"(?P<later>{_NAMED}|{_REST})"
_HOW = (
    r"(?:,? ?(?:that|which|who|should|must|will|can|then|only|all|both|finally|slowly|gently|"
    r"suddenly|gradually|to|and) ){0,3}"
)
_IN = (
    r"(?:com(?:es?|ing) in|enter(?:s|ing)?|join(?:s|ing)?(?: in)?|kick(?:s|ing)? in|"
    r"drop(?:s|ping)? in|start(?:s|ing)?(?: playing| up)?|begin(?:s|ning)?(?: playing| to play)?|"
    r"arriv(?:es?|ing)|appear(?:s|ing)?|fad(?:es?|ing) in|tak(?:es?|ing) over|"
    r"(?:burst|blast|creep|sneak)(?:s|ing)? in|(?:is|are|be) (?:added|introduced)|"
    r"entry|entrance)"
)
_OUT = (
    r"(?:drop(?:s|ping)? (?:out|away)|leav(?:es?|ing)|stop(?:s|ping)?(?: playing)?|"
    r"go(?:es)? (?:away|silent)|exit(?:s|ing)?|cut(?:s|ting)? out|"
    r"fall(?:s|ing)? (?:silent|away|out)|(?:(?:is|are) )?(?:silent|tacet)|(?:is|are) out|"
    r"disappear(?:s|ing)?|rests?|sits? out|fad(?:es?|ing) (?:out|away))"
)
_BACK = r"(?:com(?:es?|ing) back(?: in)?|return(?:s|ing)?|re-?enter(?:s|ing)?|rejoin(?:s|ing)?)"
_AT = (
    r"(?:(?=half)|(?:only )?(?:right |exactly |again )?"
    rf"(?:(?=after )|(?:at|from|by|on|around|about|in|with|into|for(?! {AMOUNT})|during|@) ))"
)
_INSIDE = r"(?:in|during|for|over|through|throughout|at|on)"
_TILL = r"(?:until|till|til|before|up to|up until)"
_ONLY = r"(?:only|just|solely|exclusively|nothing but|solo|unaccompanied)"
_ALONE = (
    r"(?:alone|only|solo|unaccompanied|by itself|by themselves|on its own|on their own)"
    r"(?: plays?| playing)?"
)
_SURELY_THEN = (
    rf"(?:(?:,? (?:and )?then|,? followed by)(?: add| bring in)? (?P<then>{_NAMED}|{_REST})"
    rf"(?: {_IN})?(?![a-z{PLAYER}])(?! (?:else )?(?:{_IN} )?{_AT}{PLACE}))"
)
_THEN = f"{_SURELY_THEN}?"
_WHEN, _UNTIL, _SPAN = f"(?P<when>{PLACE})", f"(?P<until>{PLACE})", f"(?P<span>{SPAN})"
_UNTIL_OTHERS = rf"{_TILL} (?:{_WHEN}|{_LATER} {_IN} {_AT}(?P<at_last>{PLACE}))"
_OPENING = r"(?:intro|introduction|opening)(?![a-z])"
_BEGINS = (
    r"(?<![a-z])(?:start|begin|open|kick)(?:s|ing|ning)?(?: off| out)? (?:with|on) "
    r"(?:only |just |nothing but )?"
)
_NO = r"(?<![a-z])(?:no|without|hold back)"
_WAITS = (
    r"(?:do(?:es)?(?: not|n't)|should not|must not|never|waits?)"
    r"(?: (?:come in|enter|play|start|begin|join|to (?:enter|join|come in)))?"
)
_RETURNS = (
    rf"(?:,? (?:and |then |but ){{0,2}}(?:they |it )?(?:{_BACK}|{_IN}) (?:again )?{_AT}{_UNTIL})?"
)

# In the order in which they are looked for: what says more goes first. The first word of each is
# the manner of `brief.model.PartEntry`, or "back" (a rest is over), "opening" (alone as long as
# nothing else is said) and "first" (alone until the others of the same sentence enter).
_PATTERNS = (
    # Nobody until: "no drums until 1:00", "the drums do not enter before bar 9".
    ("plays", rf"{_NO} {_WHO} {_TILL} {_WHEN}"),
    ("plays", rf"{_WHO} {_WAITS} {_TILL} {_WHEN}"),
    ("rests", rf"{_NO} {_WHO} (?:(?=after )|(?:from|past) ){_WHEN}(?: on(?:wards?)?)?"),
    ("rests", rf"{_NO} {_WHO} {_INSIDE} {_SPAN}"),
    ("plays", rf"(?<![a-z])(?:everybody|everyone|everything|all) (?:but|except)(?: for)? {_WHO}"
              rf"(?: plays?)? {_TILL} {_WHEN}"),
    # Out, and perhaps back again.
    ("rests", rf"{_WHO} {_HOW}{_OUT} (?:in|during|for|through) {_SPAN}"),
    ("rests", rf"{_WHO} {_HOW}{_OUT} {_AT}{_WHEN} for (?P<lasts>{AMOUNT})"),
    ("rests", rf"{_WHO} {_HOW}{_OUT} {_AT}{_WHEN}{_RETURNS}"),
    ("rests", rf"(?<![a-z]){_AT}{_WHEN},? {_WHO} {_HOW}{_OUT}(?![a-z])(?! {_AT}{PLACE})"),
    ("back", rf"{_WHO} {_HOW}{_BACK} {_AT}{_WHEN}"),
    # Alone.
    ("alone", rf"(?<![a-z]){_ONLY} {_WHO}(?: playing| plays?)? "
              rf"(?:{_INSIDE} {_SPAN}|{_UNTIL_OTHERS}){_THEN}"),
    ("alone", rf"{_WHO} {_ALONE} (?:{_INSIDE} (?P<span>{FIRST}|the intro(?![a-z]))|"
              rf"{_UNTIL_OTHERS}){_THEN}"),
    # A guitar solo in the bridge has its band: only the other words say that nobody else plays.
    ("alone", rf"{_WHO} (?:alone|unaccompanied|by itself|on its own) {_INSIDE} {_SPAN}"),
    ("alone", rf"(?<![a-z])(?:for|in|during) {_SPAN},? (?:there is |it is )?{_ONLY} {_WHO}"
              rf"(?: plays?| playing)?"),
    ("opening", rf"(?<![a-z]){_ONLY} {_WHO}[ -]{_OPENING}{_THEN}"),
    ("opening", rf"{_WHO}[ -](?:only|alone|solo)[ -]{_OPENING}{_THEN}"),
    ("opening", rf"{_OPENING}(?: is| with| for| by|:)* {_ONLY} {_WHO}(?: alone| only)?{_THEN}"),
    ("opening", rf"{_OPENING}(?: is| with| for| by|:)* {_WHO} (?:alone|only){_THEN}"),
    ("first", rf"{_BEGINS}{_WHO}(?: alone| only)?,? (?:and )?then {_LATER}(?: {_IN})? "
              rf"{_AT}{_WHEN}"),
    ("opening", rf"{_BEGINS}{_WHO}(?: alone| only| solo)?(?! (?:fills?|rolls?|hits?|solo)){_THEN}"),
    ("alone", rf"{_WHO}(?: plays?)? for (?P<span>{FIRST}){_SURELY_THEN}"),
    # In.
    ("plays", rf"{_WHO}(?: plays?)? (?:only )?for (?P<span>{FIRST})"),
    ("plays", rf"{_WHO} {_HOW}{_IN} (?:first(?! [a-z])|right away|immediately|"
              rf"(?:from|at) the (?:very )?(?:start|beginning))"),
    ("first", rf"(?:^|(?<=[.;:]))(?P<head>[^.;:{PLAYER}]{{0,120}}?)(?<!\w)(?P<who>{_LIST})"
              rf"(?: alone| only| first)?,? (?:and )?(?:then|followed by) "
              rf"{_LATER} {_HOW}{_IN} {_AT}{_WHEN}"),
    ("plays", rf"{_WHO} {_HOW}(?:play(?:s|ing)?|sing(?:s|ing)?|enters?|comes? in)? ?"
              rf"(?:only|just|exclusively) (?:in|during|for|at) {_SPAN}"),
    ("plays", rf"{_WHO} {_HOW}{_IN} {_AT}{_WHEN}(?: on(?:wards?)?(?![a-z]))?(?:,? (?:and )?"
              rf"{_HOW}{_OUT} {_AT}{_UNTIL})?"),
    ("plays", rf"(?<![a-z]){_AT}{_WHEN}(?: on)?,? (?:then )?{_WHO} {_HOW}{_IN}(?![a-z])"
              rf"(?! {_AT}{PLACE})"),
    ("plays", rf"(?<![a-z])(?:add|bring in|introduce|layer in)(?:s|ing)? {_WHO} {_AT}{_WHEN}"),
    ("plays", rf"(?<![a-z])then {_WHO} (?:at|in|on) {_WHEN}"),
    ("plays", rf"{_WHO} (?:only )?from {_WHEN}(?: on(?:wards?)?(?![a-z]))?"
              rf"(?: (?:to|until|till) {_UNTIL})?"),
    ("plays", rf"{_WHO} (?:playing |plays? )?(?:only )?{_TILL} {_UNTIL}{_THEN}"),
    # "Piano in the verses, strings in the chorus": there, and not elsewhere.
    ("plays", rf"(?:^|(?<=[,;:.] )|(?<=[a-z{PLAYER}] (?:with|plus) )|(?<=, and ))"
              rf"(?P<who>{_PLAIN}(?: (?:and|&|plus) {_PLAIN})*) {_INSIDE} {_SPAN}"
              rf"(?! (?:is|are|get|become|gets|becomes|louder|softer))"),
)  # fmt: skip


@cache
def rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Manner and pattern of each way to write an entry, in the order to look for them."""
    return tuple((manner, re.compile(pattern)) for manner, pattern in _PATTERNS)


@cache
def also() -> re.Pattern[str]:
    """Pattern of what goes on from an entry: "… and bass at bar 17"."""
    return re.compile(rf"(?:,? and|,? then|,) {_WHO} {_AT}{_WHEN}(?![a-z])")


@cache
def joins() -> re.Pattern[str]:
    """Pattern of an entry without a place: "… then the band joins"."""
    return re.compile(rf",? (?:and )?(?:then )?{_WHO} {_HOW}{_IN}(?![a-z])(?! {_AT}{PLACE})")
