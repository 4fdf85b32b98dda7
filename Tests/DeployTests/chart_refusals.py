"""What makes no sense is refused, with a message that names the value: chart_refusals.py, with helm in HELM."""

import json
import pathlib
import sys
import tempfile

from helm import CHART, NAMESPACE, helm, template

MAPS = {"rules.maps": "deploy/maps/imageswap-maps.conf"}
PROVIDED = {"certificates.source": "provided", "certificates.provided.secretName": "our-certificate"}

# What is set, and what of the message must be there: the value's name, and what would be right.
REFUSED = [
    # By the templates.
    ({}, "rules.maps: there is no map file; give one by --set-file rules.maps=imageswap-maps.conf"),
    (MAPS | {"rules.existingConfigMap": "our-rules"}, "rules.existingConfigMap: there is a text in rules.maps, too"),
    ({"mode": "LEGACY"}, "imagePrefix: the mode LEGACY needs one"),
    (MAPS | {"imagePrefix": "registry.example.com"}, "imagePrefix: the mode MAPS does not look at it; set mode: LEGACY"),
    (
        {"mode": "LEGACY", "imagePrefix": "registry.example.com", "rules.namespaces": {"team-a": "default::a.example"}},
        "rules.namespaces: the mode LEGACY knows no rules",
    ),
    (
        MAPS | {"webhook.enforced": True, "webhook.leaveOutOperators": True},
        "webhook.leaveOutOperators: operators' pods are left out by labels, which say nothing with webhook.enforced",
    ),
    (MAPS | {"certificates.source": "provided"}, "certificates.provided.secretName: the source provided needs the name"),
    (
        MAPS | {"certificates.provided.secretName": "our-certificate"},
        "certificates.provided.secretName: the source self-signed does not look at it",
    ),
    (
        MAPS | PROVIDED | {"certificates.certManager.issuerRef": {"name": "company"}},
        "certificates.certManager.issuerRef: the source provided does not look at it",
    ),
    (
        MAPS | {"certificates.source": "cert-manager", "certificates.certManager.issuerRef": {"kind": "ClusterIssuer"}},
        "certificates.certManager.issuerRef.name: there is none",
    ),
    (MAPS | {"mtls.clientCA": "Tests/DeployTests/client-ca.crt"}, "mtls.clientCA: nobody looks at it; set mtls.enabled"),
    (MAPS | {"replicas": 7}, "autoscaling.maxReplicas: 6 is less than replicas, 7"),
    (MAPS | {"extraSettings": {"IMAGESWAP_AUDIT": "true"}}, "extraSettings.IMAGESWAP_AUDIT: set the value audit instead"),
    (
        MAPS | {"extraSettings": {"IMAGESWAP_MAPS_FILE": "/x"}},
        "extraSettings.IMAGESWAP_MAPS_FILE: the chart's own objects go by it",
    ),
    (
        MAPS | {"rules.namespaces": {"Team_A": "default::a.example"}},
        "rules.namespaces.Team_A: no namespace can have that name",
    ),
    (MAPS | {"extraSettings": {"LOG_LEVEL": "debug"}}, "extraSettings.LOG_LEVEL: no variable of ImageSwap is called so"),
    (
        MAPS | {"pullSecrets.names": ["a", "b"], "pullSecrets.removed": ["b"]},
        "pullSecrets.removed: b is in pullSecrets.names, too",
    ),
    (MAPS | {"pullSecrets.removed": ["b"]}, "pullSecrets.removed: without a name in pullSecrets.names nothing runs"),
    # By the schema: what is misspelt, of another type, or none of the choices.
    (MAPS | {"webhok.enforced": True}, "additional properties 'webhok' not allowed"),
    (MAPS | {"webhook.clusterwide": True}, "at '/webhook': additional properties 'clusterwide' not allowed"),
    (MAPS | {"certificates.source": "selfsigned"}, "at '/certificates/source': value must be one of 'self-signed'"),
    (MAPS | {"mode": "maps"}, "at '/mode': value must be one of 'MAPS', 'LEGACY'"),
    (MAPS | {"logLevel": "VERBOSE"}, "at '/logLevel': value must be one of"),
    (MAPS | {"audit": "true"}, "at '/audit': got string, want boolean"),
    (MAPS | {"replicas": 0}, "at '/replicas': minimum: got 0, want 1"),
    (MAPS | {"replicas": "2"}, "at '/replicas': got string, want integer"),
    (MAPS | {"responder.workers": 257}, "at '/responder/workers': maximum: got 257, want 256"),
    (MAPS | {"images.nginx.digest": "abc"}, "at '/images/nginx/digest'"),
    (MAPS | {"images.nginx.repository": "nginx@sha256:abc"}, "at '/images/nginx/repository'"),
    (MAPS | {"images.init.tag": "a b"}, "at '/images/init/tag'"),
    (MAPS | {"mtls.enabled": True, "mtls.clientCA": "deploy/maps/imageswap-maps.conf"}, "at '/mtls/clientCA'"),
    (MAPS | {"webhook.failurePolicy": "ignore"}, "at '/webhook/failurePolicy': value must be one of 'Fail', 'Ignore'"),
    (MAPS | {"networkPolicy.apiServerPorts": []}, "at '/networkPolicy/apiServerPorts': minItems"),
    (MAPS | {"pullSecrets.names": ["it's"]}, "at '/pullSecrets/names/0'"),
    (MAPS | {"verify.registryPorts": [70000]}, "at '/verify/registryPorts/0': maximum"),
    (MAPS | {"spread.nodes": "Never"}, "at '/spread/nodes': value must be one of"),
]


def older_cluster():
    """An old Kubernetes is refused as a whole, and a cloud's name for 1.30 is not."""
    for version, is_taken in (("1.29.9", False), ("1.30.0", True), ("v1.30.5-gke.1014001", True)):
        text, said = template(MAPS, "--kube-version", version)
        if is_taken != (text is not None):
            yield f"Kubernetes {version}: {said or 'is taken'}"


def as_part_of_another():
    """A chart that has this one as a part gives it "global" too, and its values below its name."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "charts").mkdir()
        (folder / "charts/imageswap").symlink_to(CHART)
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: whole\nversion: 1.0.0\n")
        values = {"global": {"registry": "example.com"}, "imageswap": {"rules": {"maps": "default::a.example\n"}}}
        (folder / "values.yaml").write_text(json.dumps(values))
        code, _, said = helm("template", "whole", str(folder), "--namespace", NAMESPACE)
        if code != 0:
            yield f"as a part of another chart: {said}"


def main():
    wrong = [*older_cluster(), *as_part_of_another()]
    for values, wanted in REFUSED:
        text, said = template(values)
        if text is not None:
            wrong.append(f"{values} is taken")
        elif wanted not in said:
            wrong.append(f"{values}: {said!r} lacks {wanted!r}")
    print("\n".join(wrong) or f"{len(REFUSED)} sets of values are refused, and told why")
    sys.exit(bool(wrong))


main()
