"""Answers the critic: what the measures found, as advice for the next take."""

from __future__ import annotations

from nightshoot.domain.orders import Advice, AdviceOrder
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale


def advise(order: AdviceOrder) -> Advice:
    """Gives one paragraph: the worst finding first, each with its figures and its remedy."""
    failed = sorted(
        (finding for finding in order.findings if not finding.passed),
        key=lambda finding: finding.margin,
    )
    zh = order.locale is Locale.ZH
    if not failed:
        good = f"第 {order.take} 条各项都合格，不必重拍。"
        return Advice(note=good if zh else f"Take {order.take} passes every measure; keep it.")
    told = [_told(finding, zh=zh) for finding in failed]
    head = f"第 {order.take} 条要重拍：" if zh else f"Take {order.take} must be shot again: "
    return Advice(note=head + ("" if zh else " ").join(told))


def _told(finding: Finding, *, zh: bool) -> str:
    least = finding.direction is Direction.AT_LEAST
    unit = f" {finding.unit}" if finding.unit else ""
    value, threshold = f"{finding.value:.3g}{unit}", f"{finding.threshold:.3g}{unit}"
    note = finding.note.strip().rstrip("。.")
    if zh:
        frame = f"（第 {finding.frame} 帧）" if finding.frame is not None else ""
        rule = "至少" if least else "至多"
        return f"{finding.measure} 为 {value}{frame}，应{rule} {threshold}。{note}。"
    frame = f" (frame {finding.frame})" if finding.frame is not None else ""
    rule = "at least" if least else "at most"
    return f"{finding.measure} is {value}{frame}, should be {rule} {threshold}. {note}."
