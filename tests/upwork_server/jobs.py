"""Invented jobs, and the nodes that Upwork shows of them."""

from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]


def money(dollars: float | None) -> Json | None:
    if dollars is None:
        return None
    text = f"{dollars:.1f}"
    return {"rawValue": text, "currency": "USD", "displayValue": f"${dollars:,.2f}"}


@dataclass(frozen=True)
class Job:
    """`budget` is a fixed price in dollars; None for an hourly job, which pays `rate`."""

    number: int
    budget: float | None = 250.0
    rate: tuple[float, float] | None = None
    title: str = "Boats leak"
    ciphertext: str | None = None
    published: str = "2024-03-02T09:00:00.000Z"
    status: str = "ACTIVE"
    close_result: str | None = None
    skills: tuple[str, ...] = ("React Native",)

    @property
    def id(self) -> str:
        return str(1_700_000_000_000_000_000 + self.number)

    @property
    def cipher(self) -> str:
        return self.ciphertext or f"~01{self.number:016x}"

    @property
    def url(self) -> str:
        return f"https://www.upwork.com/jobs/{self.cipher}"

    def changed(self, **fields: Any) -> "Job":
        return replace(self, **fields)

    def posting(self) -> Json:
        fixed = {"amount": money(self.budget), "maxAmount": None}
        low, most = self.rate or (None, None)
        hourly = {"hourlyBudgetType": "MANUAL", "hourlyBudgetMin": low, "hourlyBudgetMax": most}
        return {
            "id": self.id,
            "workFlowState": {"status": self.status, "closeResult": self.close_result},
            "content": {"title": self.title, "description": f"{self.title}. Please stop it."},
            "contractTerms": {
                "contractType": "HOURLY" if self.rate else "FIXED",
                "personsToHire": 1,
                "fixedPriceContractTerms": None if self.rate else fixed,
                "hourlyContractTerms": hourly if self.rate else None,
            },
        }

    def contents(self) -> Json:
        return {
            "id": self.id,
            "ciphertext": self.cipher,
            "title": self.title,
            "description": f"{self.title}. Please stop it.",
            "publishedDateTime": self.published,
        }

    def result(self) -> Json:
        low, most = self.rate or (None, None)
        return {
            **self.contents(),
            "job": self.posting(),
            "amount": money(self.budget or 0.0),
            "category": "Web, Mobile & Software Dev",
            "subcategory": None,
            "createdDateTime": self.published,
            "skills": [{"name": s.lower(), "prettyName": s} for s in self.skills],
            "hourlyBudgetType": "MANUAL" if self.rate else "NOT_PROVIDED",
            "hourlyBudgetMin": money(low),
            "hourlyBudgetMax": money(most),
        }
