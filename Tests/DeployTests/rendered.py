"""What must be true of every rendered variant of deploy/k8s: rendered.py FOLDER (of *.yaml)."""

import copy
import pathlib
import re
import sys

import yaml

from manifests import Manifests

ROOT = pathlib.Path(__file__).resolve().parents[2]
LABEL = "k8s.twr.io/imageswap"
CREATED_AND_UPDATED = ["CREATE", "UPDATE"]
# Not apps/replicasets: README.md says why.
WORKLOADS = [
    "apps/deployments", "apps/daemonsets", "apps/statefulsets", "batch/jobs", "batch/cronjobs",
    "/replicationcontrollers",
]
CONTAINERS = ["certificates", "certificates-renewal", "nginx", "responder"]
OPERATORS = ["aerospike.com/cr", "cnpg.io/cluster", "olm.catalogSource"]
failures = []


def expect(what, variant, seen, wanted):
    if seen != wanted:
        failures.append(f"{variant.name}: {what}: {seen!r}, not {wanted!r}")


def rules(objects, name="imageswap-init"):
    """Kind -> rules, of what an account may do."""
    roles = [o for o in objects if o["kind"] in ("Role", "ClusterRole")]
    return {o["kind"]: o["rules"] for o in roles if o["metadata"]["name"] == name}


def check_pod(variant):
    pod, containers = variant.pod, variant.containers()
    verifies = "verify" in variant.name
    expect("containers", variant, sorted(containers), sorted(CONTAINERS + ["verifier"] * verifies))
    expect("automount", variant, pod["automountServiceAccountToken"], False)
    keys = {"tls", "provided"}
    tokens = {v["name"] for v in pod["volumes"] if "projected" in v}
    for name, container in containers.items():
        security = container["securityContext"]
        expect(f"{name} root file system", variant, security["readOnlyRootFilesystem"], True)
        expect(f"{name} escalation", variant, security["allowPrivilegeEscalation"], False)
        expect(f"{name} capabilities", variant, security["capabilities"], {"drop": ["ALL"]})
        expect(f"{name} runs as root", variant, security.get("runAsUser") == 0, False)
        if not name.startswith("certificates"):
            expect(f"{name} mounts a token", variant, tokens & set(variant.mounts(name)), set())
    expect("the responder's keys", variant, keys & set(variant.mounts("responder")), set())
    written = [("responder", ["socket"]), ("nginx", ["nginx-files"])] + [("verifier", ["verifier-socket"])] * verifies
    for name, volumes in written:
        seen = [volume for volume, is_written in variant.mounts(name).items() if is_written]
        expect(f"what {name} writes to", variant, seen, volumes)
    users = [containers[n]["securityContext"].get("runAsUser") for n in ("nginx", "responder", "certificates")]
    if "openshift" in variant.name:
        expect("fixed ids", variant, [users, pod["securityContext"].get("fsGroup")], [[None] * 3, None])
    else:
        expect("users of their own", variant, len(set(users) - {None}), 3)


def check_namespace_maps(variant):
    """The ConfigMap of namespaces' rules is mounted where the responder looks for them, and need not be there."""
    responder = variant.containers()["responder"]
    folder = next(e["value"] for e in responder["env"] if e["name"] == "IMAGESWAP_NAMESPACE_MAPS_DIR")
    volumes = [m["name"] for m in responder["volumeMounts"] if m["mountPath"] == folder]
    sources = [v["configMap"] for v in variant.pod["volumes"] if v["name"] in volumes]
    expect("the namespaces' rules", variant, sources, [{"name": "imageswap-namespace-maps", "optional": True}])
    maps = [o["metadata"]["name"] for o in variant.all("ConfigMap") if "team-a.conf" in o.get("data", {})]
    # As docs/install.md has it.
    expect("the page's own rules", variant, maps, ["imageswap-namespace-maps"] if "own" in variant.name else [])
    audit = variant.config_map("imageswap-settings").get("IMAGESWAP_AUDIT")
    expect("the page's trial", variant, audit, "true" if "trial" in variant.name else None)


def check_end(variant):
    """An end that loses nothing: each waits for the one before, and all that within the grace."""
    containers = variant.containers()
    hook = containers["nginx"]["lifecycle"]["preStop"]["exec"]["command"][-1]
    nginx_wait = int(re.match(r"sleep (\d+);", hook)[1])
    nginx_text = variant.config_map("imageswap-nginx")["nginx.conf"]
    keepalive = int(re.search(r"keepalive_time (\d+)s;", nginx_text)[1])
    drain = int(re.search(r"worker_shutdown_timeout (\d+)s;", nginx_text)[1])
    responder_wait = containers["responder"]["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = next(int(a.partition("=")[2]) for a in containers["responder"]["args"] if a.startswith("--grace="))
    expect("nginx outlives its connections", variant, nginx_wait >= 3 * keepalive, True)
    expect("the responder outlives nginx", variant, responder_wait > nginx_wait + drain, True)
    total = variant.pod["terminationGracePeriodSeconds"]
    expect("the grace has room", variant, total > responder_wait + grace, True)


def check_verifier(variant):
    """The responder finds its socket, alone has no way out, and ends before it."""
    containers = variant.containers()
    path = pathlib.PurePath(variant.config_map("imageswap-settings")["IMAGESWAP_VERIFIER_SOCKET"])
    for name in ("responder", "verifier"):
        volumes = [m["name"] for m in containers[name]["volumeMounts"] if m["mountPath"] == str(path.parent)]
        expect(f"the socket in {name}", variant, volumes, ["verifier-socket"])
    users = [name for name in containers if "registry-credentials" in variant.mounts(name)]
    expect("who has the credentials", variant, users, ["verifier"])
    ends = [containers[name]["lifecycle"]["preStop"]["sleep"]["seconds"] for name in ("responder", "verifier")]
    grace = variant.pod["terminationGracePeriodSeconds"]
    expect("the verifier outlives the responder", variant, ends[0] < ends[1] < grace, True)


def check_webhooks(variant):
    for webhook in variant.webhooks:
        expect("timeout", variant, webhook["timeoutSeconds"], 5)
        expect("side effects", variant, webhook["sideEffects"], "None")
        if variant.name == "migration":
            expect("what the original serves behind", variant, variant.all("Service") + variant.all("Namespace"), [])
            continue
        service = variant.one("Service")
        client = webhook["clientConfig"]["service"]
        for key in ("name", "namespace"):
            expect(f"the Service's {key}", variant, client[key], service["metadata"][key])
        ports = {p["port"]: p["targetPort"] for p in service["spec"]["ports"]}
        expect("its port", variant, ports.get(client["port"]), "webhook")
        policy = "Ignore" if "development" in variant.name else "Fail"
        expect("the failure policy", variant, webhook["failurePolicy"], policy)
        seen = {
            f"{group}/{name}": rule["operations"]
            for rule in webhook["rules"] for group in rule["apiGroups"] for name in rule["resources"]
        }
        wanted = {"/pods": CREATED_AND_UPDATED, "/pods/ephemeralcontainers": ["UPDATE"]}
        if "workloads" in variant.name:
            wanted |= {name: CREATED_AND_UPDATED for name in WORKLOADS}
        expect("rules", variant, seen, wanted)
        if "cluster-wide" in variant.name or "production" in variant.name:
            expressions = webhook["namespaceSelector"]["matchExpressions"]
            excluded = {e["key"]: e["values"] for e in expressions if e["operator"] == "NotIn"}
            own = ["kube-system", "imageswap-system"]
            expect("namespaces", variant, excluded, {"kubernetes.io/metadata.name": own, LABEL: ["disabled"]})
        else:
            expect("namespaces", variant, webhook["namespaceSelector"], {"matchLabels": {LABEL: "enabled"}})
        is_enforced = "enforced" in variant.name
        settings = variant.config_map("imageswap-settings")
        expect("labels say nothing", variant, settings.get("IMAGESWAP_IGNORE_LABELS"), "true" if is_enforced else None)
        if is_enforced:
            expect("the objectSelector", variant, webhook.get("objectSelector"), None)
            conditions = [c["name"] for c in webhook["matchConditions"]]
            expect("conditions", variant, conditions, ["not-a-mirror-pod", "sets-something-in-spec"])
            expect("labels in them", variant, "labels" in str(webhook["matchConditions"]), False)
            continue
        expressions = webhook["objectSelector"]["matchExpressions"]
        excluded = sorted(e["key"] for e in expressions if e["operator"] == "DoesNotExist")
        is_chosen = "operators" in variant.name or "production" in variant.name
        expect("operators", variant, excluded, OPERATORS if is_chosen else [])


def check_rights(variant):
    seen = rules(variant.objects)
    if "cert-manager" in variant.name:
        expect("rights", variant, seen, {})
        # What cert-manager keeps is the template as an object, whatever other components did to both.
        template = copy.deepcopy(variant.template["webhooks"])
        for webhook in template:
            del webhook["clientConfig"]["caBundle"]
        expect("the configuration", variant, variant.webhooks, template)
        return
    source = "csr" if "csr" in variant.name else "self-signed"
    manifest = yaml.safe_load_all((ROOT / f"deploy/k8s/rbac/{source}.yaml").read_text())
    expect("rights", variant, seen, rules(manifest))
    expect("the shipped configuration", variant, variant.one("MutatingWebhookConfiguration")["webhooks"], [])


def check_pull_secrets(variant):
    """An account of its own, held by a policy; the names and the namespaces are the same wherever they stand."""
    name = "imageswap-pull-secrets"
    pod = variant.one("Deployment", name)["spec"]["template"]["spec"]
    expect("pull-secrets' account", variant, pod["serviceAccountName"], name)
    expect("pull-secrets' automount", variant, pod["automountServiceAccountToken"], False)
    expect("the webhook's account", variant, variant.pod["serviceAccountName"], "imageswap-init")
    container, = pod["containers"]
    expect("pull-secrets' image", variant, container["image"], variant.containers()["certificates"]["image"])
    security = container["securityContext"]
    expect("pull-secrets' root file system", variant, security["readOnlyRootFilesystem"], True)
    expect("pull-secrets' escalation", variant, security["allowPrivilegeEscalation"], False)
    expect("pull-secrets' capabilities", variant, security["capabilities"], {"drop": ["ALL"]})
    expect("its volumes", variant, [list(v) for v in pod["volumes"]], [["name", "projected"]])
    ids = [pod["securityContext"].get("fsGroup"), security.get("runAsUser")]
    expect("pull-secrets' ids", variant, ids, [None, None] if "openshift" in variant.name else [10000, 10004])
    names = {v["name"]: v.get("value") for v in container["env"]}["IMAGESWAP_PULL_SECRETS"].split(",")
    expect("its names", variant, names, ["mirror", "team"] if "other-names" in variant.name else ["regcred"])
    policy = variant.one("ValidatingAdmissionPolicy", name)["spec"]
    allowed = next(v["expression"] for v in policy["variables"] if v["name"] == "names")
    expect("the policy's names", variant, re.findall(r"'([^']*)'", allowed), names)
    user = f"request.userInfo.username == 'system:serviceaccount:imageswap-system:{pod['serviceAccountName']}'"
    expect("whom the policy holds", variant, [c["expression"] for c in policy["matchConditions"]], [user])
    binding = variant.one("ValidatingAdmissionPolicyBinding")["spec"]
    expect("the binding", variant, binding, {"policyName": name, "validationActions": ["Deny"]})
    role = rules(variant.objects, name)
    expect("pull-secrets' roles", variant, list(role), ["ClusterRole"])
    secrets = [(r.get("resourceNames"), r["verbs"]) for r in role["ClusterRole"] if r["resources"] == ["secrets"]]
    wanted = [(names, ["list", "watch", "patch", "delete"]), (None, ["create"])]
    expect("what it may do with Secrets", variant, secrets, wanted)
    subjects = variant.one("ClusterRoleBinding", name)["subjects"]
    expect("whose rights they are", variant, [s["name"] for s in subjects], [name])
    # Each namespace that the webhook serves, and no other.
    chosen = ["--namespace-selector", ""] if "cluster-wide" in variant.name else []
    expect("pull-secrets' options", variant, container["args"], ["pull-secrets", "--listen=:8080", *chosen])
    labels = variant.one("Deployment", name)["spec"]["selector"]["matchLabels"]
    expect("its NetworkPolicy", variant, variant.one("NetworkPolicy", name)["spec"]["podSelector"]["matchLabels"], labels)
    # The webhook's Service must not lead to it.
    service = variant.one("Service")["spec"]["selector"]
    expect("the Service's pods", variant, service.items() <= labels.items(), False)


def check_pod_monitor(variant):
    """It finds the pods of pull-secrets where they are, and never the webhook's."""
    monitor = variant.one("PodMonitor", "imageswap-pull-secrets")
    labels = monitor["spec"]["selector"]["matchLabels"]
    found = [d for d in variant.all("Deployment") if labels.items() <= d["spec"]["template"]["metadata"]["labels"].items()]
    names = ["imageswap-pull-secrets"] if "pull-secrets" in variant.name else []
    expect("the pods that are scraped", variant, [d["metadata"]["name"] for d in found], names)
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    # The job that the rules name.
    job = {"targetLabel": "job", "replacement": "imageswap-pull-secrets"}
    expect("its job", variant, endpoint["relabelings"], [job])
    for deployment in found:
        expect("where they are", variant, deployment["metadata"]["namespace"], monitor["metadata"]["namespace"])
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        expect("their port", variant, endpoint["port"] in {p["name"] for p in container["ports"]}, True)
        # Where Sources/imageswap-init answers.
        expect("their path", variant, endpoint["path"], "/metrics")


def check_monitoring(variant):
    """What Prometheus is told to scrape is there, and alerts and dashboard are the files of deploy/monitoring."""
    folder = ROOT / "deploy/monitoring"
    monitor = variant.one("ServiceMonitor")
    labels = monitor["spec"]["selector"]["matchLabels"]
    services = [s for s in variant.all("Service") if labels.items() <= s["metadata"]["labels"].items()]
    expect("the Service that is scraped", variant, [s["metadata"]["name"] for s in services], ["imageswap"])
    expect("where it is", variant, monitor["metadata"]["namespace"], services[0]["metadata"]["namespace"])
    ports = {p["name"] for p in services[0]["spec"]["ports"]}
    # The jobs that the rules name.
    jobs = {}
    for endpoint in monitor["spec"]["endpoints"]:
        expect(f"the port of {endpoint['path']}", variant, endpoint["port"] in ports, True)
        job = services[0]["metadata"]["labels"][monitor["spec"]["jobLabel"]]
        for relabeling in endpoint.get("relabelings", []):
            job = relabeling["replacement"] if relabeling["targetLabel"] == "job" else job
        jobs[job] = endpoint["path"]
    expect("jobs", variant, jobs, {"imageswap": "/metrics", "imageswap-init": "/metrics/certificates"})
    check_pod_monitor(variant)
    nginx = "".join(variant.config_map("imageswap-nginx").values())
    for path in jobs.values():
        expect(f"nginx at {path}", variant, f"location = {path} {{" in nginx, True)
    alerts = variant.one("PrometheusRule")["spec"]
    expect("rules.yaml's alerts", variant, alerts == yaml.safe_load((folder / "rules.yaml").read_text()), True)
    dashboard = variant.one("ConfigMap", "imageswap-dashboard")
    text = (folder / "dashboard.json").read_text()
    expect("dashboard.json", variant, dashboard["data"] == {"imageswap.json": text}, True)
    expect("what finds it", variant, dashboard["metadata"]["labels"]["grafana_dashboard"], "1")


def check_versions(variant):
    version = re.search(r'imageSwapVersion = "(.*)"', (ROOT / "Sources/ImageSwap/Version.swift").read_text())[1]
    for name, container in variant.containers().items():
        if name != "nginx":
            expect(f"{name}'s tag", variant, container["image"].rpartition(":")[2], version)


def main():
    variants = [Manifests(p) for p in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml"))]
    for variant in variants:
        check_pod(variant)
        check_namespace_maps(variant)
        check_end(variant)
        check_webhooks(variant)
        check_rights(variant)
        check_versions(variant)
        if "verify" in variant.name:
            check_verifier(variant)
        if "pull-secrets" in variant.name:
            check_pull_secrets(variant)
        if "monitoring" in variant.name:
            check_monitoring(variant)
        if "ipv6" in variant.name:
            for name in ("listen-ipv6.conf", "monitoring-ipv6.conf"):
                wanted = (ROOT / "deploy/nginx" / name).read_text().strip()
                expect(name, variant, variant.config_map("imageswap-nginx")[name].strip(), wanted)
    print("\n".join(failures) or f"{len(variants)} variants are as they should be")
    sys.exit(bool(failures))


main()
