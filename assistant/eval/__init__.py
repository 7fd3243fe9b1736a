"""Evaluation: gold sets, metrics with intervals, runs. Nothing heavy is imported before a metric is computed."""

from assistant.eval.gold import GoldQuestion, GoldReference, check_gold, gold_sha256, read_gold, split_of
from assistant.eval.metrics import Metric, Outcome, per_question, summarise
from assistant.eval.runs import Report, evaluate, render, report_json, run, save_run

__all__ = [
    "GoldQuestion",
    "GoldReference",
    "Metric",
    "Outcome",
    "Report",
    "check_gold",
    "evaluate",
    "gold_sha256",
    "per_question",
    "read_gold",
    "render",
    "report_json",
    "run",
    "save_run",
    "split_of",
    "summarise",
]
