"""Settings, nested: a flag overrides the environment, the environment overrides assistant.toml, and that overrides the default.

The environment's names are ASSISTANT_<SECTION>__<KEY>, for example ASSISTANT_MODEL__BASE_URL. Paths come from here, never
from the place where the package is installed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.errors import InvalidSettings
from assistant.templates import PLACEHOLDERS, check_template

SETTINGS_FILE = "assistant.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadingSettings(_Section):
    """What reading one document may take. Documents are read in processes of their own, which these limits end."""

    seconds: float = Field(120.0, gt=0)
    """For each file, and 2 s more for each MB of it: a report of 3,000 pages is well below, a file that never ends is not."""
    memory_mb: int = Field(2048, ge=256)
    """Of the process that reads. Without effect on Windows, which has no such limit."""
    file_mb: float = Field(500.0, gt=0)
    """Larger files are skipped, unread."""
    processes: int = Field(default_factory=lambda: min(2, os.cpu_count() or 1), ge=1)
    """How many files are read at once: two where there are two cores."""


class EncoderSettings(_Section):
    """Which sentence encoder turns text into vectors."""

    name: str = "all-MiniLM-L6-v2"
    """The packaged encoder, or any sentence-transformers model by name or folder (nothing is downloaded unless `download`)."""
    download: bool = False
    batch_size: int = Field(8, ge=1)
    """8 embeds faster than 32 on two cores: less padding in a batch sorted by length."""
    query_prefix: str = ""
    document_prefix: str = ""


class VectorSettings(_Section):
    """How many vectors are searched how; docs/decisions/0013 says why."""

    exact_up_to: int = Field(50_000, ge=0)
    """Up to so many, every vector is compared; of more, a byte for each number is, and the best are scored exactly."""
    unclustered_up_to: int = Field(2_000_000, ge=0)
    """Up to so many, all of these bytes are scanned; of more, those of the nearest clusters."""


class StoreSettings(_Section):
    """Where the vectors and the words of an index lie: docs/scaling.md. Documents and paragraphs lie in the index folder in any case."""

    kind: Literal["files", "milvus"] = "files"
    """Files in the index folder, searched by FAISS and Tantivy, or a collection of Milvus for each generation."""
    uri: str = "index/milvus.db"
    """A Milvus server or cluster, as https://milvus.example:19530; or a folder whose name ends in .db, which milvus-lite keeps: for
    trials and tests, with one process at a time. A relative one lies in the workspace."""
    token: SecretStr | None = None
    """"user:password", or a key; sent to `uri` alone."""
    prefix: str = Field("assistant", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    """Collections are called PREFIX_gen_…, and PREFIX_current is the alias of the one that answers: one prefix for each workspace."""
    index_type: str = "FLAT"
    """Milvus's index of the vectors. FLAT compares every one: exact, and the only one whose results equal those of the files."""
    index_params: dict[str, float | int | str | bool] = {}
    """Of that index, for example {nlist = 4096}."""
    search_params: dict[str, float | int | str | bool] = {}
    """Of a search in it, for example {nprobe = 64}."""
    replicas: int = Field(1, ge=1)
    """How many copies of the current collection the cluster's nodes hold in memory."""
    timeout: float = Field(10.0, gt=0)
    """Seconds after which a question to Milvus fails."""
    write_timeout: float = Field(600.0, gt=0)
    """Seconds that each batch, making all of it durable, and loading it may take; of many millions set hours."""

    @field_validator("uri")
    @classmethod
    def _is_a_server_or_a_folder(cls, value: str) -> str:
        if "://" in value:
            return checked_address(value)
        if not value.endswith(".db"):
            raise ValueError("a Milvus server is http://HOST:PORT or https://HOST:PORT, a folder of milvus-lite ends in .db")
        return value


PACKAGED_READER, SIMILARITY_READER = "packaged", "similarity"


class ReaderSettings(_Section):
    """Which model reads the nearest paragraphs, to order them, to choose the sentences that answer, and to say when none does."""

    name: str = PACKAGED_READER
    """"packaged" is the reader that comes with this package, "similarity" reads by likeness alone; else any cross-encoder of
    sentence-transformers by name or folder (nothing is downloaded unless `download`)."""
    download: bool = False
    passages: int = Field(10, ge=1)
    """How many of the nearest paragraphs are read for a question. More find more and take longer: docs/decisions/0010."""


Preset = Literal["offline", "better", "multilingual"]
PRESETS: dict[str, dict[str, dict[str, str]]] = {
    "offline": {},
    "better": {
        "encoder": {
            "name": "BAAI/bge-small-en-v1.5",
            "query_prefix": "Represent this sentence for searching relevant passages: ",
        },
        "reader": {"name": "cross-encoder/ms-marco-MiniLM-L12-v2"},
    },
    "multilingual": {
        "encoder": {"name": "intfloat/multilingual-e5-small", "query_prefix": "query: ", "document_prefix": "passage: "},
        "reader": {"name": "cross-encoder/mmarco-mMiniLMv2-L12-H384-v1"},
    },
}
"""Encoders and readers by name. What a preset names is not shipped: it has to be on this machine, or `download` allowed once in both
sections. A section's own settings come before the preset's."""


class RetrievalSettings(_Section):
    """How paragraphs are found."""

    top: int = Field(5, ge=1)
    candidates: int = Field(100, ge=1)
    """How many paragraphs each leg hands to the fusion."""
    dense_weight: float = Field(0.5, ge=0, le=1)
    """Share of the dense leg in the fused score; the lexical leg has the rest."""


class AnswerSettings(_Section):
    """How an answer is made from passages; what is not set is as the reader was measured (its `Manner`)."""

    sentences: int | None = Field(None, ge=1)
    """How many sentences quote mode shows at most."""
    ratio: float | None = Field(None, ge=0, le=1)
    """A further sentence is shown when its score is at least this share of the best one's."""
    threshold: float | None = Field(None, ge=0, le=1)
    """Quote mode abstains below this confidence."""
    confident: float | None = Field(None, ge=0, le=1)
    """Below this confidence an answer in quote mode says that its sentences may not answer the question."""


class ModelSettings(_Section):
    """The language model; none by default. Times are in seconds."""

    name: str | None = None
    """As LangChain's `init_chat_model` names it: "openai:gpt-4o-mini", "ollama:llama3.1". Without a provider, at a base URL: openai."""
    base_url: str | None = None
    api_key: SecretStr | None = None
    temperature: float | Literal["default"] | None = 0.0
    """"default" leaves it to the provider: some models take no other."""
    context_tokens: int = Field(6000, ge=500)
    """The model's window: instructions, passages, question and answer have to fit."""
    answer_tokens: int = Field(1000, ge=50)
    """Of the window, what is kept free for the answer."""
    connect_timeout: float = Field(5.0, gt=0)
    first_token_timeout: float = Field(20.0, gt=0)
    gap_timeout: float = Field(15.0, gt=0)
    total_timeout: float = Field(90.0, gt=0)
    rewrite_timeout: float = Field(8.0, gt=0)
    """For making a follow-up question stand alone; after it, a rule does."""
    tries: int = Field(3, ge=1)
    """How often a request is made where the endpoint is busy (429) or fails (5xx) before its first token."""
    retry_after: float = Field(20.0, ge=0)
    """The longest wait before another try; an endpoint that asks for more is not asked again."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return checked_address(value) if value else None


def checked_address(value: str) -> str:
    """A base URL as it is.

    Raises:
        ValueError: it is not http, or carries a name and password, which would be shown wherever the address is.
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a base URL begins with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("a base URL holds no name and password; give a key as api_key")
    return value


class PromptSettings(_Section):
    """Templates that take the place of the project's own (assistant/answer/prompts.py), placeholders in braces."""

    system: str | None = None
    user: str | None = None
    follow_up: str | None = None
    """The instruction for making a follow-up question stand alone."""

    @field_validator("system", "user", "follow_up")
    @classmethod
    def _has_its_placeholders(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None else check_template(value, PLACEHOLDERS[str(info.field_name)])


class ServerSettings(_Section):
    """Where the page listens: loopback unless told otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)
    changes: Literal["auto", "on", "off"] = "auto"
    """Whether visitors of the page may add and remove documents; "auto": only where it listens on this machine alone."""
    upload_mb: float = Field(100.0, gt=0)
    """The largest file that the page takes."""
    embed_in: tuple[str, ...] = ()
    """Sites whose pages may show `/embed` in a frame, as https://briefings.example; the page's own site always may."""

    @field_validator("embed_in")
    @classmethod
    def _are_sites(cls, sites: tuple[str, ...]) -> tuple[str, ...]:
        """They stand in a header: nothing but a scheme, a host and a port may."""
        for site in sites:
            if not re.fullmatch(r"https?://(\*\.)?[\w.-]+(:\d+)?", site, re.ASCII):
                raise ValueError(f"{site!r} is not a site such as https://briefings.example")
        return sites


class Settings(BaseSettings):
    """All settings of one workspace."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_nested_delimiter="__", extra="forbid", frozen=True, nested_model_default_partial_update=True
    )

    workspace: Path = Path()
    mode: Literal["auto", "quote", "model"] = "auto"
    """"auto" is model mode where a model is configured, else quote mode."""
    preset: Preset = "offline"
    """A pair of encoder and reader: "offline" is the packaged one, "better" and "multilingual" are for machines that may download."""
    reading: ReadingSettings = ReadingSettings()
    encoder: EncoderSettings = EncoderSettings()
    vectors: VectorSettings = VectorSettings()
    store: StoreSettings = StoreSettings()
    reader: ReaderSettings = ReaderSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    model: ModelSettings = ModelSettings()
    prompts: PromptSettings = PromptSettings()
    server: ServerSettings = ServerSettings()

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What a preset names stands where a section does not name its own model."""
        filled = dict(values)
        for section, preset in PRESETS.get(values.get("preset", "offline"), {}).items():
            given = values.get(section) or {}
            if isinstance(given, dict):
                usual = cls.model_fields[section].default.model_dump()  # which the sources have filled in
                own = {key: value for key, value in given.items() if value != usual.get(key)}
                filled[section] = given | own if "name" in own else given | preset | own
        return filled

    @property
    def corpus(self) -> Path:
        """The folder of documents."""
        return self.workspace / "corpus"

    @property
    def index(self) -> Path:
        """The folder of generations."""
        return self.workspace / "index"

    @property
    def eval(self) -> Path:
        """The folder of gold sets, published results and reports."""
        return self.workspace / "eval"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, then the workspace's assistant.toml."""
        del dotenv_settings, file_secret_settings
        given = getattr(init_settings, "init_kwargs", {})
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path(given.get("workspace", ".")) / SETTINGS_FILE)
        return init_settings, env_settings, toml


def load(workspace: Path | str | None = None, **flags: Any) -> Settings:
    """Settings of `workspace` (else ASSISTANT_WORKSPACE, else the working directory), overridden by `flags`.

    `flags` are sections as nested dictionaries: ``load(model={"name": "openai:gpt-4o-mini"})``.

    Raises:
        InvalidSettings: a value or a name that is not a setting, or an assistant.toml that is not TOML.
    """
    place = Path(workspace or os.environ.get("ASSISTANT_WORKSPACE") or ".")
    try:
        return Settings(workspace=place, **flags)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidSettings(
            f"setting {name!r}: {first['msg']}",
            f"Mend the flag, the variable ASSISTANT_{name.upper().replace('.', '__')} or {SETTINGS_FILE}.",
        ) from None
    except ValueError as error:  # tomllib.TOMLDecodeError and unparsable environment values
        raise InvalidSettings(f"{place / SETTINGS_FILE} or the environment cannot be read: {error}", "Mend it.") from None
