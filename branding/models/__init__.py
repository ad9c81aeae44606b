"""Public tables: brand cases and package designs of every county."""

from branding.models.brand import (
    EDITION,
    Brand,
    BrandAnswer,
    BrandCheck,
    BrandGood,
    BrandMistake,
    BrandMove,
    BrandNotice,
    OwnerKind,
    SignKind,
)
from branding.models.likeness import BrandKey
from branding.models.packaging import (
    ComplianceDraft,
    ComplianceRun,
    Offer,
    PackageMove,
    PackageRequest,
    Pin,
    PrintPack,
    Round,
    RoundFile,
    SignOff,
)

__all__ = [
    "EDITION",
    "Brand",
    "BrandAnswer",
    "BrandCheck",
    "BrandGood",
    "BrandKey",
    "BrandMistake",
    "BrandMove",
    "BrandNotice",
    "ComplianceDraft",
    "ComplianceRun",
    "Offer",
    "OwnerKind",
    "PackageMove",
    "PackageRequest",
    "Pin",
    "PrintPack",
    "Round",
    "RoundFile",
    "SignKind",
    "SignOff",
]
