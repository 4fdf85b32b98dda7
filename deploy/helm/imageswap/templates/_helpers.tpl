{{/* Labels of every object, beside app.kubernetes.io/name. */}}
{{- define "imageswap.labels" -}}
app.kubernetes.io/name: imageswap
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What the pods are found by. It may never change: a Deployment's selector cannot. */}}
{{- define "imageswap.selector" -}}
app.kubernetes.io/name: imageswap
app.kubernetes.io/component: webhook
{{- end }}

{{- define "imageswap.selectorOfPullSecrets" -}}
app.kubernetes.io/name: imageswap
app.kubernetes.io/component: pull-secrets
{{- end }}

{{/* An image: (list . "responder") */}}
{{- define "imageswap.image" -}}
{{- $root := index . 0 -}}
{{- $image := index $root.Values.images (index . 1) -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* A file that deploy/k8s has too, with the release's namespace: (list . "webhook/imageswap-mwc.yaml") */}}
{{- define "imageswap.file" -}}
{{- $root := index . 0 -}}
{{- $root.Files.Get (printf "files/%s" (index . 1)) | replace "imageswap-system" $root.Release.Namespace -}}
{{- end }}

{{/* Whether imageswap-init talks to the API server: for its certificate, or to keep the webhook configuration right. */}}
{{- define "imageswap.usesAPI" -}}
{{- if ne .Values.certificates.source "cert-manager" }}true{{ end -}}
{{- end }}

{{/* The Secret that is mounted as the source "provided". */}}
{{- define "imageswap.providedSecret" -}}
{{- if eq .Values.certificates.source "cert-manager" -}}
imageswap-serving
{{- else if eq .Values.certificates.source "provided" -}}
{{ .Values.certificates.provided.secretName }}
{{- end -}}
{{- end }}
