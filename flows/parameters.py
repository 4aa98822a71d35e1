"""Types of flow parameters that forms know more of: what there is to choose, how few are allowed.

They bind a server's form and its check at submission. The flow itself is as tolerant as the command
line, whose sentences then list what is known.
"""

from typing import Annotated

from pydantic import Field

from tasks.domain.bounties import PRICE_RULES
from tasks.domain.engagements import TERMS
from tasks.domain.runners import RUNNERS
from tasks.domain.sandboxes import SANDBOXES
from tasks.stages import STAGES

StageName = Annotated[str, Field(json_schema_extra={"enum": list(STAGES)})]
SandboxName = Annotated[str, Field(json_schema_extra={"enum": list(SANDBOXES)})]
RunnerName = Annotated[str, Field(json_schema_extra={"enum": list(RUNNERS)})]
PriceRuleName = Annotated[str, Field(json_schema_extra={"enum": list(PRICE_RULES)})]
TermsName = Annotated[str, Field(json_schema_extra={"enum": list(TERMS)})]
AtLeastOne = Annotated[int, Field(json_schema_extra={"minimum": 1})]
