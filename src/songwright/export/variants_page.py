"""Variants side by side as one self-contained page: numbers, reasons, pictures, sound, keys.

Keys 1 to 9 play and stop, ``s`` stars and ``x`` rejects what was played last; the page cannot
reach the project, so it lists the commands to copy.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from songwright.export.document import document

MOST = 9
"""As many as there are keys."""


@dataclass(frozen=True, slots=True)
class Card:
    """One variant on the page.

    Attributes
    ----------
    name
        Of the variant; it stands in the commands.
    mark
        -1 rejected, 0, 1 starred.
    facts
        One line: style, key, tempo, length.
    measures
        Name and value 0..1.
    reasons
        Why it stands where it stands.
    pictures
        Inline SVG: piano roll, energy, harmony.
    sound, media_type
        The preview; empty when it was not rendered.
    heard
        Which section the preview plays.
    """

    name: str
    title: str
    mark: int
    grade: float
    facts: str
    measures: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]
    pictures: tuple[str, ...]
    sound: bytes = b""
    media_type: str = "audio/mpeg"
    heard: str = ""


_STYLE = """
body{font-size:15px;line-height:1.45;margin:1.5rem auto;padding:0 1rem 9rem;max-width:1500px}
h1{margin:0}.brief{opacity:.8;margin:.2rem 0 1rem}kbd{border:1px solid #8888;border-radius:4px;
padding:0 .35em;font:inherit;font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:1rem}
.card{border:2px solid #8884;border-radius:8px;padding:.7rem .9rem;min-width:0}
.card.on{border-color:#2e86ab}.card.star{background:#f3a71218}.card.reject{opacity:.45}
.card h2{margin:0;font-size:1.15rem}.facts{opacity:.75;margin:.1rem 0 .4rem}
svg{margin:.3rem 0}audio{width:100%;height:2.2rem}
td,th{padding:.1rem .4rem;border:0}
th{font-weight:400;width:6.5rem}
.bar{background:#8883;border-radius:3px;height:.6rem}.bar i{display:block;height:100%;
border-radius:3px;background:#2e86ab}.number{width:3rem;text-align:right}
ul{margin:.4rem 0;padding-left:1.1rem}
.tray{position:fixed;left:0;right:0;bottom:0;background:Canvas;border-top:1px solid #8886;
padding:.6rem 1rem;display:flex;gap:1rem;align-items:center}
.tray textarea{flex:1;font:13px/1.4 ui-monospace,monospace;height:3.2rem}
th.best{font-weight:700}
"""

_SCRIPT = """
const cards=[...document.querySelectorAll('.card')],tray=document.querySelector('textarea');
const mark=cards.map(c=>+c.dataset.mark),was=[...mark];let now=0;
function show(){const say=(verb,value)=>{const names=cards.filter((c,i)=>mark[i]===value&&
was[i]!==value).map(c=>quote(c.dataset.name));return names.length?
`songwright ${verb} ${quote(project)} ${names.join(' ')}`:''};
cards.forEach((c,i)=>{c.classList.toggle('on',i===now);c.classList.toggle('star',mark[i]===1);
c.classList.toggle('reject',mark[i]===-1);
c.querySelector('.mark').textContent={'1':'★','0':'','-1':'✗'}[mark[i]]});
tray.value=[say('star',1),say('reject',-1),say('unmark',0)].filter(Boolean).join('\\n')}
function quote(t){return /^[\\w.\\/-]+$/.test(t)?t:"'"+t.replaceAll("'","'\\\\''")+"'"}
function audio(i){return cards[i].querySelector('audio')}
function stop(i){cards.forEach((c,j)=>{const a=audio(j);if(a&&j!==i)a.pause()})}
function play(i){if(i>=cards.length)return;const same=i===now,a=audio(i);now=i;stop(i);show();
if(!a)return;if(same&&!a.paused)a.pause();else{if(!same)a.currentTime=0;a.play()}}
function set(value){mark[now]=mark[now]===value?0:value;show()}
addEventListener('keydown',e=>{if(e.target===tray||e.ctrlKey||e.metaKey||e.altKey)return;
const n='123456789'.indexOf(e.key);if(n>=0&&e.key.length===1)play(n);
else if(e.key===' ')play(now);
else if(e.key==='ArrowRight')play((now+1)%cards.length);
else if(e.key==='ArrowLeft')play((now+cards.length-1)%cards.length);
else if(e.key==='s')set(1);else if(e.key==='x')set(-1);else return;e.preventDefault()});
cards.forEach((c,i)=>c.addEventListener('click',e=>{if(e.target.tagName!=='AUDIO'){now=i;stop(i);
show()}}));
document.querySelector('button').addEventListener('click',()=>{tray.select();
navigator.clipboard?navigator.clipboard.writeText(tray.value):document.execCommand('copy')});
show();
"""


def variants_html(project: str, brief: str, cards: Sequence[Card], note: str = "") -> str:
    """The page.

    Parameters
    ----------
    project
        Folder of the project, as it shall stand in the commands.
    brief
        What was asked for.
    cards
        At most `MOST` variants.
    note
        A sentence under the heading, such as how marks changed the order.

    Raises
    ------
    ValueError
        If there are no variants or more than `MOST`.
    """
    if not 1 <= len(cards) <= MOST:
        raise ValueError(f"a page shows 1 to {MOST} variants, not {len(cards)}")
    best = {name: max(dict(card.measures)[name] for card in cards) for name, _ in cards[0].measures}
    # "<" would let a name end the script.
    name = json.dumps(project).replace("<", "\\u003c")
    keys = (
        "<p><kbd>1</kbd>–<kbd>9</kbd> play and stop · <kbd>←</kbd> <kbd>→</kbd> the next · "
        "<kbd>space</kbd> again · <kbd>s</kbd> star · <kbd>x</kbd> reject</p>"
    )
    body = (
        f'<h1>{len(cards)} variants</h1><p class="brief">{escape(brief)}</p>'
        f"{f'<p>{escape(note)}</p>' if note else ''}{keys}"
        f'<div class="cards">{"".join(_card(i, c, best) for i, c in enumerate(cards, 1))}</div>'
        '<div class="tray"><textarea readonly aria-label="Commands to copy" '
        'placeholder="s and x write commands here"></textarea><button>Copy</button></div>'
        f"<script>const project={name};{_SCRIPT}</script>"
    )
    return document(f"{brief or project}: variants", body, _STYLE)


def _card(key: int, card: Card, best: dict[str, float]) -> str:
    rows = "".join(
        f"<tr><th{' class=best' if value == best[name] else ''}>{escape(name)}</th>"
        f'<td class="number">{value:.2f}</td>'
        f'<td><div class="bar"><i style="width:{100 * value:.0f}%"></i></div></td></tr>'
        for name, value in card.measures
    )
    sound = '<p class="facts">no preview; songwright variants --preview renders them</p>'
    if card.sound:
        data = base64.b64encode(card.sound).decode()
        sound = (
            f'<audio controls preload="auto" src="data:{card.media_type};base64,{data}"></audio>'
            f'<div class="facts">{escape(card.heard)}</div>'
        )
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in card.reasons)
    return (
        f'<section class="card" data-name="{escape(card.name)}" data-mark="{card.mark}">'
        f'<h2><kbd>{key}</kbd> {escape(card.name)} <span class="mark"></span> '
        f"<small>{card.grade:.2f}</small></h2>"
        f'<div class="facts">{escape(card.title)} · {escape(card.facts)}</div>{sound}'
        f"<table>{rows}</table><ul>{reasons}</ul>{''.join(card.pictures)}</section>"
    )
