"""Colours, type and spacing of Gradio's own parts; `assets/page.css` does the rest. Only fonts of the reader's machine."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils.colors import Color

BLUE = Color(
    "#f0f7fb", "#dcecf5", "#b9d9ea", "#86bedb", "#4a9cc5", "#1c7fae", "#006699", "#00527d", "#064465", "#0b3954", "#072537", name="blue"
)
SLATE = Color(
    "#f7f8f9", "#eef0f2", "#dfe3e7", "#c5ccd3", "#94a0ac", "#667482", "#4d5a67", "#3b4652", "#28313b", "#1a2129", "#12171d", name="slate"
)
SYSTEM = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Liberation Sans", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Consolas", "Liberation Mono", "monospace")


def theme() -> gr.themes.Base:
    """The page's theme, light and dark."""
    base = gr.themes.Base(primary_hue=BLUE, secondary_hue=BLUE, neutral_hue=SLATE, font=list(SYSTEM), font_mono=list(MONO))
    return base.set(
        body_background_fill="#ffffff",
        body_background_fill_dark="#12171d",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#12171d",
        block_border_width="0px",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_padding="0px",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1a2129",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_600",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_600",
        button_primary_text_color="#ffffff",
    )
