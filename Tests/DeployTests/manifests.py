"""What kustomize made of deploy/k8s: read by its name, with the webhook configuration that it leads to."""

import pathlib

import yaml


class Manifests:
    """The objects of a rendered file."""

    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        self.objects = [o for o in yaml.safe_load_all(pathlib.Path(path).read_text()) if o]

    def all(self, kind):
        return [o for o in self.objects if o["kind"] == kind]

    def one(self, kind, name=None):
        found = [o for o in self.all(kind) if name is None or o["metadata"]["name"] == name]
        assert len(found) == 1, f"{self.name}: {len(found)} of {kind} {name or ''}"
        return found[0]

    def config_map(self, name):
        """By the name that it has before its hash."""
        found = [
            o for o in self.all("ConfigMap")
            if o["metadata"]["name"] == name or o["metadata"]["name"].rpartition("-")[0] == name
        ]
        assert len(found) == 1, f"{self.name}: {len(found)} of ConfigMap {name}"
        return found[0]["data"]

    @property
    def template(self):
        """The webhook configuration that imageswap-init would apply."""
        return yaml.safe_load(self.config_map("imageswap-webhook-template")["imageswap-mwc.yaml"])

    @property
    def is_kept_by_cert_manager(self):
        return bool(self.one("MutatingWebhookConfiguration")["webhooks"])

    @property
    def webhooks(self):
        """What the API server will be asked to call, whoever fills it in."""
        configuration = self.one("MutatingWebhookConfiguration") if self.is_kept_by_cert_manager else self.template
        return configuration["webhooks"]

    @property
    def pod(self):
        return self.one("Deployment", "imageswap-webhook")["spec"]["template"]["spec"]

    def containers(self):
        return {c["name"]: c for c in self.pod["initContainers"] + self.pod["containers"]}

    def mounts(self, container):
        """Volume name -> whether it may be written to."""
        mounts = self.containers()[container]["volumeMounts"]
        return {m["name"]: not m.get("readOnly", False) for m in mounts}
