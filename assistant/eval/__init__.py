"""Evaluation: gold sets, measures with intervals, runs, comparison, reports. Nothing heavy is imported before a figure is computed.

sets.open_set ──execute.answer_set──> run file ──report.measure_run──> Report ──> terminal, Markdown, HTML, bars, published figures
                                          └─────comparison.compare_runs──> Comparison
"""
