{{/* What no schema can say, or not so that one knows what to do: each message names the value and what would be right. */}}
{{- define "imageswap.refusals" -}}
{{- $v := .Values -}}
{{- if eq $v.mode "LEGACY" -}}
  {{- if not $v.imagePrefix }}{{ fail "imagePrefix: the mode LEGACY needs one, as registry.example.com/mirror" }}{{ end -}}
  {{- if $v.rules.namespaces }}{{ fail "rules.namespaces: the mode LEGACY knows no rules; take them away, or set mode: MAPS" }}{{ end -}}
{{- else -}}
  {{- if $v.imagePrefix }}{{ fail "imagePrefix: the mode MAPS does not look at it; set mode: LEGACY, or take it away" }}{{ end -}}
  {{- if and (not $v.rules.maps) (not $v.rules.existingConfigMap) }}{{ fail "rules.maps: there is no map file; give one by --set-file rules.maps=imageswap-maps.conf, or name a ConfigMap that has it in rules.existingConfigMap" }}{{ end -}}
  {{- if and $v.rules.maps $v.rules.existingConfigMap }}{{ fail "rules.existingConfigMap: there is a text in rules.maps, too; take away one of them" }}{{ end -}}
{{- end -}}
{{- range $name, $_ := $v.rules.namespaces -}}
  {{- if not (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" $name) }}{{ fail (printf "rules.namespaces.%s: no namespace can have that name" $name) }}{{ end -}}
{{- end -}}
{{- if and $v.webhook.enforced $v.webhook.leaveOutOperators }}{{ fail "webhook.leaveOutOperators: operators' pods are left out by labels, which say nothing with webhook.enforced; take away one of them, and leave out the operators' namespaces" }}{{ end -}}
{{- if and (eq $v.certificates.source "provided") (not $v.certificates.provided.secretName) }}{{ fail "certificates.provided.secretName: the source provided needs the name of a Secret with certificate, key and CA" }}{{ end -}}
{{- if and (ne $v.certificates.source "provided") $v.certificates.provided.secretName }}{{ fail (printf "certificates.provided.secretName: the source %s does not look at it; set certificates.source: provided, or take it away" $v.certificates.source) }}{{ end -}}
{{- if and (ne $v.certificates.source "cert-manager") $v.certificates.certManager.issuerRef }}{{ fail (printf "certificates.certManager.issuerRef: the source %s does not look at it; set certificates.source: cert-manager, or take it away" $v.certificates.source) }}{{ end -}}
{{- if and $v.certificates.certManager.issuerRef (not $v.certificates.certManager.issuerRef.name) }}{{ fail "certificates.certManager.issuerRef.name: there is none; name the issuer, or take issuerRef away for a CA of the release's own" }}{{ end -}}
{{- if and $v.mtls.clientCA (not $v.mtls.enabled) }}{{ fail "mtls.clientCA: nobody looks at it; set mtls.enabled: true, or take it away" }}{{ end -}}
{{- if and $v.autoscaling.enabled (lt (int $v.autoscaling.maxReplicas) (int $v.replicas)) }}{{ fail (printf "autoscaling.maxReplicas: %d is less than replicas, %d" (int $v.autoscaling.maxReplicas) (int $v.replicas)) }}{{ end -}}
{{- range $v.pullSecrets.removed -}}
  {{- if has . $v.pullSecrets.names }}{{ fail (printf "pullSecrets.removed: %s is in pullSecrets.names, too; take it away from one of them" .) }}{{ end -}}
{{- end -}}
{{- if and $v.pullSecrets.removed (not $v.pullSecrets.names) }}{{ fail "pullSecrets.removed: without a name in pullSecrets.names nothing runs that could take copies away; use imageswap-init cleanup --pull-secrets" }}{{ end -}}
{{- $values := dict "IMAGESWAP_MODE" "mode" "IMAGESWAP_LOG_LEVEL" "logLevel" "IMAGESWAP_TLS_SOURCE" "certificates.source" "IMAGESWAP_CSR_SIGNER_NAME" "certificates.csr.signerName" "IMAGESWAP_STRICT_MAPS" "rules.strict" "IMAGESWAP_IGNORE_LABELS" "webhook.enforced" "IMAGESWAP_AUDIT" "audit" "IMAGESWAP_WARN" "warn" -}}
{{- $chart := list "IMAGESWAP_DISABLE_AUTO_MWC" "IMAGESWAP_MAPS_FILE" "IMAGESWAP_NAMESPACE_MAPS_DIR" "IMAGESWAP_TLS_CERT" "IMAGESWAP_POD_NAME" "IMAGESWAP_NAMESPACE_NAME" "IMAGESWAP_CA_SECRET" "IMAGESWAP_DISABLE_LABEL" "IMAGESWAP_VERIFIER_SOCKET" "IMAGESWAP_PULL_SECRETS" -}}
{{- range $name, $_ := $v.extraSettings -}}
  {{- with get $values $name }}{{ fail (printf "extraSettings.%s: set the value %s instead" $name .) }}{{ end -}}
  {{- if not (regexMatch "^IMAGESWAP_[A-Z_]+$" $name) }}{{ fail (printf "extraSettings.%s: no variable of ImageSwap is called so; they begin with IMAGESWAP_" $name) }}{{ end -}}
  {{- if has $name $chart }}{{ fail (printf "extraSettings.%s: the chart's own objects go by it; it cannot be changed here" $name) }}{{ end -}}
{{- end -}}
{{- end }}
