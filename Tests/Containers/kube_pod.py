"""The Deployment's pod spec, made ready for `podman play kube`, which does less than a kubelet.

What a kubelet does and podman 4.3 does not: volumes that belong to fsGroup, with ConfigMaps in them that can be replaced
at once; the group of the volumes for each process. And what needs a cluster is left out: the init container makes local
certificates instead, and the sidecar, which only keeps certificates and talks to the API server, is not run.
"""

import os
import pathlib
import subprocess

import yaml

NAME = "imageswap-check"


class Pod:
    def __init__(self, manifest, work):
        self.objects = [item for item in yaml.safe_load_all(pathlib.Path(manifest).read_text()) if item]
        self.work = pathlib.Path(work)
        (deployment,) = [item for item in self.objects if item["kind"] == "Deployment"]
        self.namespace = deployment["metadata"]["namespace"]
        self.spec = deployment["spec"]["template"]["spec"]
        self.labels = deployment["spec"]["template"]["metadata"].get("labels", {})
        self.group = self.spec["securityContext"]["fsGroup"]
        self.grace = self.spec.get("terminationGracePeriodSeconds", 30)
        self.mounts = []
        self.spec["containers"] = [it for it in self.spec["containers"] if "imageswap-init" not in it["image"]]

    def containers(self):
        return self.spec["containers"]

    def all_containers(self):
        return self.spec.get("initContainers", []) + self.spec["containers"]

    def write(self, maps, names):
        """Makes the volumes, with these rules and certificates for these names; answers the path of a Pod manifest."""
        (certificates,) = self.spec["initContainers"]
        certificates["args"] = ["local", "--out", "/tls", "--name", *names]

        volumes = []
        for volume in self.spec.get("volumes", []):
            path = self.volume(volume, maps)
            if path:
                volumes.append({"name": volume["name"], "hostPath": {"path": str(path), "type": "Directory"}})
        made = {volume["name"] for volume in volumes}
        for container in self.all_containers():
            for variable in container.get("env", []):
                # podman has no namespaces.
                if variable.get("valueFrom") == {"fieldRef": {"fieldPath": "metadata.namespace"}}:
                    variable.pop("valueFrom")
                    variable["value"] = self.namespace
            mounts = container.get("volumeMounts", [])
            if container in self.spec["containers"]:
                for mount in mounts:
                    assert mount["name"] in made, f"{container['name']} mounts {mount['name']}, which needs a cluster"
            container["volumeMounts"] = [mount for mount in mounts if mount["name"] in made]
        self.spec["volumes"] = volumes
        # A pod that ends restarts nothing, but podman does not know that it ends.
        self.spec["restartPolicy"] = "Never"
        # What a kubelet gives each process for fsGroup.
        self.spec["securityContext"].setdefault("supplementalGroups", []).append(self.group)
        for cluster_only in ("serviceAccountName", "priorityClassName", "topologySpreadConstraints", "affinity"):
            self.spec.pop(cluster_only, None)
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": NAME, "labels": self.labels}, "spec": self.spec}
        path = self.work / "pod.yaml"
        # For the environment.
        maps = [item for item in self.objects if item["kind"] == "ConfigMap"]
        path.write_text(yaml.safe_dump_all([*maps, pod]))
        return path

    def volume(self, volume, maps):
        path = self.work / "volumes" / volume["name"]
        if "emptyDir" in volume:
            path.mkdir(parents=True)
            if volume["emptyDir"].get("medium") == "Memory":
                subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", path], check=True)
                self.mounts.append(path)
        elif "configMap" in volume:
            self.config_map(path, volume["configMap"], maps)
        else:
            return None
        os.chown(path, 0, self.group)
        path.chmod(0o2770)
        return path

    def config_map(self, path, source, maps):
        """As a kubelet lays it out: links to a folder that a link names, so that all change at once."""
        found = [
            item["data"]
            for item in self.objects
            if item["kind"] == "ConfigMap" and item["metadata"]["name"] == source["name"]
        ]
        # One that need not be there is an empty folder until it is.
        (data,) = found or ([{}] if source.get("optional") else [])
        names = {it["key"]: it["path"] for it in source["items"]} if "items" in source else {key: key for key in data}
        version = path / "..2026_01_01"
        version.mkdir(parents=True)
        (path / "..data").symlink_to(version.name)
        for key, name in names.items():
            text = maps if key == "imageswap-maps.conf" else data[key]
            (version / name).write_text(text)
            (version / name).chmod(source.get("defaultMode", 0o644))
            os.chown(version / name, 0, self.group)
            (path / name).symlink_to(f"..data/{name}")

    def close(self):
        for path in self.mounts:
            subprocess.run(["umount", path], check=False)
