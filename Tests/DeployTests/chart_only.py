"""What the chart has as a value, and deploy/k8s as something to write into an overlay: the base, edited by hand here."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml

from helm import NAMESPACE, ROOT


@dataclass
class Row:
    values: dict
    # Takes the objects of kustomize and changes them, or gives others.
    edit: Callable
    components: list = field(default_factory=list)
    namespace: str = NAMESPACE


def one(objects, kind, name=None):
    found = [o for o in objects if o["kind"] == kind and name in (None, o["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} of {kind} {name or ''}"
    return found[0]


def deployment(objects):
    return one(objects, "Deployment", "imageswap-webhook")["spec"]


def pod(objects):
    return deployment(objects)["template"]["spec"]


def containers(objects):
    return {c["name"]: c for c in pod(objects)["initContainers"] + pod(objects)["containers"]}


def settings(objects):
    return one(objects, "ConfigMap", "imageswap-settings")["data"]


def config_map(name, data):
    labels = {"app.kubernetes.io/name": "imageswap"}
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def rights(objects, source):
    """Those of a manifest of deploy/k8s/rbac."""
    manifest = list(yaml.safe_load_all((ROOT / f"deploy/k8s/rbac/{source}.yaml").read_text()))
    for kind in ("Role", "ClusterRole"):
        one(objects, kind)["rules"] = one(manifest, kind)["rules"]


def settings_told(objects):
    settings(objects).update({
        "IMAGESWAP_AUDIT": "true", "IMAGESWAP_WARN": "true", "IMAGESWAP_LOG_LEVEL": "TRACE",
        "IMAGESWAP_CERT_LIFETIME": "30d",
    })


def namespace_maps(objects):
    objects.append(config_map("imageswap-namespace-maps", {"team-a.conf": "default::registry.example.com\n"}))


def existing_map(objects):
    volume = next(v for v in pod(objects)["volumes"] if v["name"] == "maps")
    volume["configMap"]["name"] = "our-rules"
    return [o for o in objects if o["metadata"]["name"] != "imageswap-rules"]


def provided(objects):
    settings(objects)["IMAGESWAP_TLS_SOURCE"] = "provided"
    rights(objects, "provided")
    volume = {"name": "provided", "secret": {"secretName": "our-certificate", "defaultMode": 0o440}}
    mount = {"name": "provided", "mountPath": "/provided", "readOnly": True}
    pod(objects)["volumes"].append(volume)
    pod(objects)["volumes"].sort(key=lambda v: v["name"])
    for name in ("certificates", "certificates-renewal"):
        containers(objects)[name]["volumeMounts"].append(mount)
        containers(objects)[name]["volumeMounts"].sort(key=lambda m: m["mountPath"])
    containers(objects)["certificates-renewal"]["args"].append("--interval=1m")


def other_signer(objects):
    settings(objects)["IMAGESWAP_CSR_SIGNER_NAME"] = "example.com/serving"
    rules = one(objects, "ClusterRole")["rules"]
    next(r for r in rules if r["resources"] == ["signers"])["resourceNames"] = ["example.com/serving"]


def no_approval(objects):
    role = one(objects, "ClusterRole")
    of_approval = (["signers"], ["certificatesigningrequests/approval"])
    role["rules"] = [r for r in role["rules"] if r["resources"] not in of_approval]


def own_issuer(objects):
    certificate = one(objects, "Certificate", "imageswap-serving")
    certificate["spec"]["issuerRef"] = {"name": "company", "kind": "ClusterIssuer"}
    own = [("Issuer", "imageswap-bootstrap"), ("Certificate", "imageswap-ca"), ("Issuer", "imageswap-ca")]
    return [o for o in objects if (o["kind"], o["metadata"]["name"]) not in own]


def client_ca(objects):
    text = (ROOT / "Tests/DeployTests/client-ca.crt").read_text()
    objects.append(config_map("imageswap-client-ca", {"ca.crt": text}))


def images(objects):
    for container in containers(objects).values():
        container["imagePullPolicy"] = "Always"
    for name in ("certificates", "certificates-renewal"):
        containers(objects)[name]["image"] = "registry.example.com/init@sha256:" + "2" * 64
    containers(objects)["responder"]["image"] = "registry.example.com/responder:0.1.0-dev"
    containers(objects)["nginx"]["image"] = "docker.io/library/nginx@sha256:" + "3" * 64
    pod(objects)["imagePullSecrets"] = [{"name": "registry"}]


def placed(objects):
    pod(objects).pop("priorityClassName")
    pod(objects)["nodeSelector"] = {"pool": "system"}
    pod(objects)["tolerations"] = [{"key": "system", "operator": "Exists"}]
    pod(objects)["topologySpreadConstraints"][1]["whenUnsatisfiable"] = "DoNotSchedule"
    return [o for o in objects if o["kind"] != "ResourceQuota"]


def sized(objects):
    deployment(objects)["replicas"] = 4
    containers(objects)["responder"]["args"][1] = "--workers=8"
    limits = containers(objects)["responder"]["resources"]["limits"]
    limits["memory"] = "2Gi"
    return [o for o in objects if o["kind"] not in ("HorizontalPodAutoscaler", "ResourceQuota")]


def scaled(objects):
    spec = one(objects, "HorizontalPodAutoscaler")["spec"]
    spec["maxReplicas"] = 20
    spec["metrics"][0]["resource"]["target"]["averageUtilization"] = 60
    one(objects, "ResourceQuota")["spec"]["hard"]["pods"] = "40"


def api_server_ports(objects):
    one(objects, "NetworkPolicy")["spec"]["egress"][1]["ports"] = [{"port": 16443, "protocol": "TCP"}]


def pull_secrets(objects):
    """As docs/operations.md has it for other names, with one that is to go."""
    name = "imageswap-pull-secrets"
    policy = one(objects, "ValidatingAdmissionPolicy")["spec"]
    policy["variables"][0]["expression"] = "['mirror', 'team', 'regcred']"
    one(objects, "ClusterRole", name)["rules"][1]["resourceNames"] = ["mirror", "team", "regcred"]
    container = one(objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    container["env"][0]["value"] = "mirror,team"
    container["resources"]["limits"]["memory"] = "256Mi"


def verifier(objects):
    settings(objects)["IMAGESWAP_VERIFY_UNKNOWN"] = "keep"
    one(objects, "NetworkPolicy")["spec"]["egress"][2]["ports"] = [{"port": 5443, "protocol": "TCP"}]
    volume = next(v for v in pod(objects)["volumes"] if v["name"] == "registry-credentials")
    volume["secret"]["secretName"] = "reader"
    containers(objects)["verifier"]["image"] = "registry.example.com/verifier:1"


def without(kind):
    return lambda objects: [o for o in objects if o["kind"] != kind]


def prometheus_labels(objects):
    for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule"):
        one(objects, kind)["metadata"]["labels"]["release"] = "prometheus"


def elsewhere(objects):
    """In texts too: the template, the certificate's names."""
    return json.loads(json.dumps(objects).replace(NAMESPACE, "elsewhere"))



CHART_ONLY = {
    "trial": Row(
        {"audit": True, "warn": True, "logLevel": "TRACE", "extraSettings": {"IMAGESWAP_CERT_LIFETIME": "30d"}},
        settings_told),
    "namespaces-own": Row({"rules.namespaces": {"team-a": "default::registry.example.com\n"}}, namespace_maps),
    "existing-map": Row({"rules.maps": None, "rules.existingConfigMap": "our-rules"}, existing_map),
    "provided": Row(
        {"certificates.source": "provided", "certificates.provided.secretName": "our-certificate"}, provided),
    "csr-signer": Row(
        {"certificates.source": "csr", "certificates.csr.signerName": "example.com/serving"}, other_signer, ["csr"]),
    "csr-approved-by-others": Row(
        {"certificates.source": "csr", "certificates.csr.approve": False}, no_approval, ["csr"]),
    "cert-manager-issuer": Row(
        {
            "certificates.source": "cert-manager",
            "certificates.certManager.issuerRef": {"name": "company", "kind": "ClusterIssuer"},
        },
        own_issuer, ["cert-manager"]),
    "mtls-ca": Row({"mtls.enabled": True, "mtls.clientCA": "Tests/DeployTests/client-ca.crt"}, client_ca, ["mtls"]),
    "images": Row(
        {
            "images.responder.repository": "registry.example.com/responder",
            "images.init.repository": "registry.example.com/init",
            "images.init.digest": "sha256:" + "2" * 64,
            "images.nginx.digest": "sha256:" + "3" * 64,
            "images.pullPolicy": "Always",
            "imagePullSecrets": ["registry"],
        },
        images),
    "placed": Row(
        {
            "priorityClassName": "", "nodeSelector": {"pool": "system"}, "spread.zones": "DoNotSchedule",
            "tolerations": [{"key": "system", "operator": "Exists"}],
        },
        placed),
    "sized": Row(
        {
            "replicas": 4, "autoscaling.enabled": False, "quota.enabled": False, "responder.workers": 8,
            "resources.responder.limits.memory": "2Gi",
        },
        sized),
    "pull-secrets-named": Row(
        {
            "pullSecrets.names": ["mirror", "team"], "pullSecrets.removed": ["regcred"],
            "resources.pullSecrets.limits.memory": "256Mi",
        },
        pull_secrets, ["pull-secrets"]),
    "verify-elsewhere": Row(
        {
            "verify.enabled": True, "verify.credentialsSecret": "reader", "verify.registryPorts": [5443],
            "images.verifier.repository": "registry.example.com/verifier", "images.verifier.tag": "1",
            "extraSettings": {"IMAGESWAP_VERIFY_UNKNOWN": "keep"},
        },
        verifier, ["verify"]),
    "scaled": Row({"autoscaling.maxReplicas": 20, "autoscaling.targetCPU": 60}, scaled),
    "api-server-port": Row({"networkPolicy.apiServerPorts": [16443]}, api_server_ports),
    "no-network-policy": Row({"networkPolicy.enabled": False}, without("NetworkPolicy")),
    "monitoring-labels": Row(
        {"monitoring.enabled": True, "monitoring.labels": {"release": "prometheus"}}, prometheus_labels,
        ["monitoring"]),
    "no-namespace": Row({"namespace.create": False}, without("Namespace")),
    "elsewhere": Row({}, elsewhere, namespace="elsewhere"),
    "elsewhere-cert-manager+cluster-wide": Row(
        {"certificates.source": "cert-manager", "webhook.clusterWide": True}, elsewhere,
        ["cert-manager", "cluster-wide"], "elsewhere"),
    "elsewhere-pull-secrets": Row({"pullSecrets.names": ["regcred"]}, elsewhere, ["pull-secrets"], "elsewhere"),
}
