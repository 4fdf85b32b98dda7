{{/* What imageswap-init and the responder take from their environment. */}}
{{- define "imageswap.settings" -}}
{{- $source := .Values.certificates.source -}}
{{- $settings := dict "IMAGESWAP_MODE" .Values.mode "IMAGESWAP_LOG_LEVEL" .Values.logLevel -}}
{{- $_ := set $settings "IMAGESWAP_TLS_SOURCE" (ternary "provided" $source (eq $source "cert-manager")) -}}
{{- if eq $source "cert-manager" }}{{ $_ = set $settings "IMAGESWAP_DISABLE_AUTO_MWC" "true" }}{{ end -}}
{{- if and (eq $source "csr") (ne .Values.certificates.csr.signerName "kubernetes.io/kubelet-serving") -}}
{{- $_ = set $settings "IMAGESWAP_CSR_SIGNER_NAME" .Values.certificates.csr.signerName -}}
{{- end -}}
{{- if eq .Values.mode "LEGACY" }}{{ $_ = set $settings "IMAGE_PREFIX" .Values.imagePrefix }}{{ end -}}
{{- if .Values.rules.strict }}{{ $_ = set $settings "IMAGESWAP_STRICT_MAPS" "true" }}{{ end -}}
{{- if .Values.webhook.enforced }}{{ $_ = set $settings "IMAGESWAP_IGNORE_LABELS" "true" }}{{ end -}}
{{- if .Values.audit }}{{ $_ = set $settings "IMAGESWAP_AUDIT" "true" }}{{ end -}}
{{- if .Values.warn }}{{ $_ = set $settings "IMAGESWAP_WARN" "true" }}{{ end -}}
{{- if .Values.verify.enabled }}{{ $_ = set $settings "IMAGESWAP_VERIFIER_SOCKET" "/run/verifier/verifier.sock" }}{{ end -}}
{{- toYaml (merge $settings .Values.extraSettings) -}}
{{- end }}

{{/* nginx's files, as a ConfigMap's data. */}}
{{- define "imageswap.nginx" -}}
{{- $names := list "nginx.conf" "place.conf" "listen.conf" "monitoring.conf" "monitoring-certificates.conf" -}}
{{- if .Values.ipv6 }}{{ $names = concat $names (list "listen-ipv6.conf" "monitoring-ipv6.conf") }}{{ end -}}
{{- if .Values.mtls.enabled }}{{ $names = append $names "client-certificate.conf" }}{{ end -}}
{{- $data := dict -}}
{{- range $names }}{{ $_ := set $data . ($.Files.Get (printf "files/nginx/%s" .)) }}{{ end -}}
{{- toYaml $data -}}
{{- end }}
