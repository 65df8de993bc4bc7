"""Where Microsoft's clouds are: the only hosts that are ever asked for a token, or given one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CloudName = Literal["global", "us-government", "us-defense", "china"]


@dataclass(frozen=True)
class Cloud:
    """One cloud. login, graph: scheme, host and port without a path, as every address must begin."""

    login: str
    graph: str

    @property
    def scope(self) -> str:
        """The one scope an application asks for: what an administrator consented to."""
        return f"{self.graph}/.default"

    @property
    def root(self) -> str:
        """How the address of everything read begins. Compared as text: behind the slash no host, user or port can follow."""
        return f"{self.graph}/v1.0/"


CLOUDS: dict[CloudName, Cloud] = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us-government": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us-defense": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
"""National clouds as Microsoft documents them (graph/deployments)."""
