/** The configuration files of a node's programs. Pure; those of Kubernetes are JSON, which their readers take for YAML. */
import { apiPort, clusterDomain, controlPlaneAddress, podRange } from "./addresses.ts";

/** The name of the image that holds a pod's namespaces. */
export const pauseImage = "localhost/crik-pause:1";
/** Where containerd listens, in the node. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** @param programs - the folders of runc and of the CNI plugins */
export function containerdConfiguration(programs: { readonly runc: string; readonly plugins: string }): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pauseImage}"
[plugins."io.containerd.cri.v1.runtime"]
  # Without CAP_SYS_RESOURCE nobody may lower a process's score.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${programs.plugins}"]
    conf_dir = "/var/lib/cni/net.d"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "${programs.runc}"
      SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri"]
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.nri.v1.nri"]
  disable = true
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
`;
}

/**
 * Every pod has a link of its own to its node, and all its traffic is routed. On a bridge pods of one node would answer
 * each other directly, past the translation of a Service's address, unless the whole machine was told otherwise.
 */
export function networkConfiguration(podSubnet: string): string {
  return JSON.stringify({
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/var/lib/cni/addresses",
          ranges: [[{ subnet: podSubnet }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
}

/** @param cgroup - where the pods' cgroups go, without a leading slash */
export function kubeletConfiguration(cgroup: string): string {
  return JSON.stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // Only the API server's network reaches it.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    readOnlyPort: 0,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    enforceNodeAllocatable: ["pods"],
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    // A full disk of the machine is no reason to evict the tests' pods, or to remove their images.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "50Mi" },
    clusterDNS: [controlPlaneAddress],
    clusterDomain,
    resolvConf: "/var/lib/kubelet/resolv.conf",
    nodeStatusUpdateFrequency: "4s",
    nodeLeaseDurationSeconds: 20,
    // A pod that is not critical has 20 s.
    shutdownGracePeriod: "30s",
    shutdownGracePeriodCriticalPods: "10s",
    featureGates: { ImageVolume: true },
  });
}

/** kube-proxy's. */
export function proxyConfiguration(nodeName: string): string {
  return JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    hostnameOverride: nodeName,
    clusterCIDR: podRange,
    clientConnection: { kubeconfig: "/var/lib/kube-proxy/kubeconfig" },
    oomScoreAdj: 0,
    // These are the whole machine's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    nftables: { minSyncPeriod: "100ms" },
  });
}

/** The API server as a node reaches it. */
export const apiServerUrl: string = `https://${controlPlaneAddress}:${apiPort}`;

/** The message bus of a node, which the kubelet and logind meet at: everybody may do everything. */
export const busConfiguration: string = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;
