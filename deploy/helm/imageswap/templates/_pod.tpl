{{/* What both containers of imageswap-init have. */}}
{{- define "imageswap.initContainer" -}}
image: {{ include "imageswap.image" (list . "init") }}
imagePullPolicy: {{ .Values.images.pullPolicy }}
env:
  - name: IMAGESWAP_POD_NAME
    valueFrom:
      fieldRef:
        fieldPath: metadata.name
  - name: IMAGESWAP_NAMESPACE_NAME
    valueFrom:
      fieldRef:
        fieldPath: metadata.namespace
envFrom:
  - configMapRef:
      name: imageswap-settings
securityContext:
  {{- include "imageswap.securityContext" (list . 10002) | nindent 2 }}
resources:
  {{- toYaml .Values.resources.init | nindent 2 }}
volumeMounts:
  - name: tls
    mountPath: /tls
  - name: public
    mountPath: /public
  {{- if include "imageswap.providedSecret" . }}
  - name: provided
    mountPath: /provided
    readOnly: true
  {{- end }}
  {{- if include "imageswap.usesAPI" . }}
  - name: template
    mountPath: /mwc
    readOnly: true
  - name: api-access
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
  {{- end }}
{{- end }}

{{/* A container's: (list . USER) */}}
{{- define "imageswap.securityContext" -}}
{{- if not (index . 0).Values.openshift -}}
runAsUser: {{ index . 1 }}
runAsGroup: 10000
{{ end -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* A pod's, whatever it runs. */}}
{{- define "imageswap.podSecurityContext" -}}
runAsNonRoot: true
{{- if not .Values.openshift }}
# The group of the socket and of the TLS files. All containers have it: what keeps the key from the responder is that it
# mounts no volume with one.
fsGroup: 10000
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Which nodes take the pod, and by which Secrets they pull its images; often nothing. */}}
{{- define "imageswap.placement" -}}
{{- $placement := dict -}}
{{- with .Values.imagePullSecrets -}}
{{- $names := list -}}
{{- range . }}{{ $names = append $names (dict "name" .) }}{{ end -}}
{{- $_ := set $placement "imagePullSecrets" $names -}}
{{- end -}}
{{- with .Values.nodeSelector }}{{ $_ := set $placement "nodeSelector" . }}{{ end -}}
{{- with .Values.tolerations }}{{ $_ := set $placement "tolerations" . }}{{ end -}}
{{- if $placement }}{{ toYaml $placement }}{{ end -}}
{{- end }}

{{/* The volume with the account's token. */}}
{{- define "imageswap.apiAccess" -}}
- name: api-access
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{/* What both NetworkPolicies let out: to DNS and the API server. */}}
{{- define "imageswap.egress" -}}
- to:
    - namespaceSelector: {}
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
# The API server: by its Service, and where that is resolved before the policy is asked, by its own port.
- ports:
    {{- range .Values.networkPolicy.apiServerPorts }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}
