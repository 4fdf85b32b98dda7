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
