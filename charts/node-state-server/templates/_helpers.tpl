{{/* The labels that select the pods. They are the original crik's: a Deployment's selector can't be changed, so an upgrade from its chart needs them as they were. */}}
{{- define "node-state-server.selectorLabels" -}}
app.kubernetes.io/name: {{ .Values.fullnameOverride }}
app.kubernetes.io/part-of: crik
{{- end }}

{{/* The labels of every object. */}}
{{- define "node-state-server.labels" -}}
{{- $standard := dict
  "app.kubernetes.io/name" .Values.fullnameOverride
  "app.kubernetes.io/part-of" "crik"
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_")
-}}
{{ merge $standard .Values.commonLabels | toYaml }}
{{- end }}

{{- define "node-state-server.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default .Values.fullnameOverride }}
{{- end }}

{{- define "node-state-server.image" -}}
{{- with .Values.nodeStateServer.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Name of the Secret with the certificate; empty: plain HTTP. */}}
{{- define "node-state-server.tlsSecret" -}}
{{- if .Values.nodeStateServer.tls.certManager.enabled -}}
{{ .Values.fullnameOverride }}-tls
{{- else -}}
{{ .Values.nodeStateServer.tls.existingSecret }}
{{- end -}}
{{- end }}

{{- define "node-state-server.scheme" -}}
{{ if include "node-state-server.tlsSecret" . }}https{{ else }}http{{ end }}
{{- end }}

{{/* Where a pod of the cluster asks. */}}
{{- define "node-state-server.url" -}}
{{ include "node-state-server.scheme" . }}://{{ .Values.fullnameOverride }}.{{ .Release.Namespace }}.svc:{{ .Values.service.port }}
{{- end }}

{{/* "yes" when a ResourceQuota for the priority class is to be made. GKE names itself in its version: v1.34.1-gke.100. */}}
{{- define "node-state-server.makesQuota" -}}
{{- if eq (toString .Values.priorityClassQuota) "auto" -}}
{{- if and (hasPrefix "system-" .Values.priorityClassName) (contains "-gke." .Capabilities.KubeVersion.Version) (ne .Release.Namespace "kube-system") -}}yes{{- end -}}
{{- else if .Values.priorityClassQuota -}}yes{{- end -}}
{{- end }}

{{/* What no schema can say well: values that contradict each other. */}}
{{- define "node-state-server.validate" -}}
{{- if not (hasKey .Values.nodeStateServer "tls") }}
{{- fail "the values are those of the original crik's chart alone, without the defaults of this one: upgrade with --reset-then-reuse-values in the place of --reuse-values" }}
{{- end }}
{{- with .Values.nodeStateServer.tls }}
{{- if and .existingSecret .certManager.enabled }}
{{- fail "nodeStateServer.tls: existingSecret and certManager.enabled exclude each other; take one of them away" }}
{{- end }}
{{- if and .certManager.enabled (not .certManager.issuerRef.name) }}
{{- fail "nodeStateServer.tls.certManager.issuerRef.name is missing: cert-manager has to know who issues the certificate" }}
{{- end }}
{{- end }}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) }}
{{- fail "serviceAccount.name is missing: with serviceAccount.create=false say which ServiceAccount the pods shall have" }}
{{- end }}
{{- if and .Values.priorityClassQuota (ne (toString .Values.priorityClassQuota) "auto") (not .Values.priorityClassName) }}
{{- fail "priorityClassQuota=true needs a priorityClassName" }}
{{- end }}
{{- if and .Values.metrics.scrapeAnnotations .Values.metrics.serviceMonitor.enabled }}
{{- fail "metrics: scrapeAnnotations and serviceMonitor.enabled would have every replica scraped twice; take one of them away" }}
{{- end }}
{{- range $where, $labels := dict "podLabels" .Values.podLabels "commonLabels" .Values.commonLabels }}
{{- range $key := list "app.kubernetes.io/name" "app.kubernetes.io/part-of" }}
{{- if hasKey $labels $key }}
{{- fail (printf "%s: %s is how the Service and the Deployment find the pods; use fullnameOverride for another name" $where $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
