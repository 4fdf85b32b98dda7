{{/*
The webhook configuration's template, and what stands between two lines of the same marker in it: the texts of
deploy/k8s/components, which kustomize puts there.
*/}}

{{/* (list TEXT MARKER NEW), MARKER being a whole line */}}
{{- define "imageswap.between" -}}
{{- $parts := splitList (index . 1) (index . 0) -}}
{{- if ne (len $parts) 3 }}{{ fail (printf "the template needs the line %q twice" (index . 1)) }}{{ end -}}
{{- index $parts 0 }}{{ index . 1 }}{{ index . 2 }}{{ index . 1 }}{{ index $parts 2 -}}
{{- end }}

{{/* A text of a component: (list . "cluster-wide" "namespaceSelector") */}}
{{- define "imageswap.text" -}}
{{- $file := include "imageswap.file" (list (index . 0) (printf "webhook/%s.yaml" (index . 1))) | fromYaml -}}
{{- get $file.data (index . 2) -}}
{{- end }}

{{- define "imageswap.webhookTemplate" -}}
{{- $text := include "imageswap.file" (list . "webhook/imageswap-mwc.yaml") -}}
{{- $places := list -}}
{{- if eq .Values.webhook.failurePolicy "Ignore" -}}
{{- $places = append $places (list "    # === failurePolicy\n" "ignore" "failurePolicy") -}}
{{- end -}}
{{- if .Values.webhook.clusterWide -}}
{{- $places = append $places (list "    # === namespaceSelector\n" "cluster-wide" "namespaceSelector") -}}
{{- end -}}
{{- if .Values.webhook.leaveOutOperators -}}
{{- $places = append $places (list "        # === operators\n" "operators" "expressions") -}}
{{- end -}}
{{- if .Values.webhook.workloads -}}
{{- $places = append $places (list "      # === workloads\n" "workloads" "rules") -}}
{{- $places = append $places (list "      # === conditions\n" "workloads" "conditions") -}}
{{- end -}}
{{- /* The last: it takes away what others put in. */ -}}
{{- if .Values.webhook.enforced -}}
{{- $places = append $places (list "    # === objectSelector\n" "enforced" "objectSelector") -}}
{{- $places = append $places (list "      # === labels\n" "enforced" "labels") -}}
{{- $places = append $places (list "      # === conditions\n" "enforced" "conditions") -}}
{{- end -}}
{{- range $places -}}
{{- $text = include "imageswap.between" (list $text (index . 0) (include "imageswap.text" (list $ (index . 1) (index . 2)))) -}}
{{- end -}}
{{- $text -}}
{{- end }}
