"""How the project's vocabulary counts beside those of real models: the ratio that `MARGIN` of assistant/answer/tokens.py has to cover.

mkdir FOLDER && npm install --prefix FOLDER js-tiktoken llama-tokenizer-js llama3-tokenizer-js
python eval/bench/measure_tokens.py FOLDER FILE.jsonl… > eval/published/models/tokens.json

A line of a file is JSON with "text". Each text is counted by every vocabulary; the ratio is theirs / ours, so more than 1 means that
a budget counted with ours would be exceeded. Beside the files, texts that are made to be hard: figures, symbols, tables, capitals, scripts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from assistant.answer.tokens import MARGIN, count_tokens

SCRIPT = """
import fs from 'fs';
import { createRequire } from 'module';
import { pathToFileURL } from 'url';
const at = name => pathToFileURL(createRequire(process.argv[1]).resolve(name)).href;
const texts = JSON.parse(fs.readFileSync(0));
const { getEncoding } = (await import(at('js-tiktoken')));
const llama2 = (await import(at('llama-tokenizer-js'))).default;
const llama3 = (await import(at('llama3-tokenizer-js'))).default;
const counts = { 'Llama 2': t => llama2.encode(t, false, true).length, 'Llama 3': t => llama3.encode(t, {bos: false, eos: false}).length };
for (const name of ['cl100k_base', 'o200k_base']) { const e = getEncoding(name); counts[name] = t => e.encode(t, [], []).length; }
console.log(JSON.stringify(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, texts.map(count)]))));
"""
HARD = {
    "figures": " ".join(str(number * 7919) for number in range(1, 200)),
    "dates": " ".join(f"{day}.{month}.20{month + 10}" for day in range(1, 29) for month in range(1, 10)),
    "symbols": " ".join(f"A/AC.292/2025/CRP.{n}/Rev.{n % 3}, S/RES/{1300 + n} ({1990 + n % 30});" for n in range(1, 60)),
    "a table": "\n".join(f"| {n} | {n * n} | {n * 13 % 97}.{n % 10} % | n.a. |" for n in range(1, 80)),
    "capitals": "THE GENERAL ASSEMBLY, RECALLING ITS RESOLUTIONS, DECIDES TO ESTABLISH AN OPEN-ENDED WORKING GROUP. " * 12,
    "dots": "Contents ........................................................ 12\n" * 40,
    "spaces": "word" + "      word" * 100,
    "Arabic": "تقرر الجمعية العامة إنشاء فريق عامل مفتوح العضوية يعنى بأمن تكنولوجيات المعلومات والاتصالات واستخدامها. " * 8,
    "Chinese": "大会决定设立一个关于信息和通信技术安全及其使用问题的不限成员名额工作组。" * 12,
    "Russian": "Генеральная Ассамблея постановляет учредить рабочую группу открытого состава по вопросам безопасности. " * 8,
    "French": "L’Assemblée générale décide de créer un groupe de travail à composition non limitée sur la sécurité. " * 10,
}
"""Texts where a vocabulary of few pieces may count less than one of many."""


def main(folder: str, *files: str) -> None:
    """Counts and prints the ratios as JSON."""
    texts = [json.loads(line)["text"] for name in files for line in Path(name).read_text(encoding="utf-8").splitlines()]
    texts = [text for text in texts if len(text.split()) >= 20]
    script = Path(folder, "count.mjs")
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        ["node", str(script.resolve())], input=json.dumps([*texts, *HARD.values()]), capture_output=True, text=True, check=True
    )
    ours = [count_tokens(text) for text in (*texts, *HARD.values())]
    report: dict[str, object] = {"files": [Path(name).stem for name in files], "paragraphs": len(texts), "margin": MARGIN}
    for name, theirs in json.loads(done.stdout).items():
        ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
        plain = ratios[: len(texts)]
        report[name] = {
            "paragraphs": {"median": round(median(plain), 3), "largest": round(max(plain), 3)},
            "hard": {hard: round(ratio, 3) for hard, ratio in zip(HARD, ratios[len(texts) :], strict=True)},
        }
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
