"""Environment of a pod: what whoever declares it sets, and the runtime reads. Part of the contract with Kubernetes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A variable of the environment."""

    name: str
    meaning: str


VARIABLES = (
    Variable("AIDC_SPEC", "path of the launch spec, where no command line names it"),
    Variable("AIDC_ATTEMPT", "how often the whole job was started before; stands in the goodput ledger"),
    Variable("AIDC_NODE", "name of the node, for the labels of metrics; default: the host name"),
    Variable("AIDC_TERMINATION_LOG", "path of the container's termination message"),
    Variable("PET_NNODES", "number of nodes, or MIN:MAX where it may change"),
    Variable("PET_NPROC_PER_NODE", "processes of a node; gpu: as many as it has devices"),
    Variable("PET_NODE_RANK", "index of this node, from 0"),
    Variable("PET_RDZV_BACKEND", "c10d"),
    Variable("PET_RDZV_ENDPOINT", "HOST:PORT at which nodes meet: the first node"),
    Variable("PET_LOCAL_ADDR", "name under which other nodes find this one; default: the host name"),
    Variable("PET_RDZV_ID", "name of the meeting: the same on all nodes, another one for each attempt"),
    Variable(
        "TORCH_DISABLE_SHARE_RDZV_TCP_STORE",
        "1: without it, processes that are started again find the addresses of dead ones (torch 2.15)",
    ),
)

PORTS = {"rendezvous": 29500, "metrics": 9464}
