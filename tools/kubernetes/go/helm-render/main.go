// helm-render prints what `helm template` would: a chart folder with values (JSON on standard input) as YAML documents. It needs no
// cluster and no network, and it writes nothing.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

func main() {
	chart := flag.String("chart", "", "folder of the chart")
	release := flag.String("release", "release", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	kubeVersion := flag.String("kube-version", "", "version of the cluster that the templates see, such as 1.35.4")
	apiVersions := flag.String("api-versions", "", "API versions that the templates see beside the built-in ones, with commas between them")
	crds := flag.Bool("crds", true, "print the chart's crds folder too")
	flag.Parse()
	err := render(*chart, *release, *namespace, *kubeVersion, *apiVersions, *crds)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder, release, namespace, kubeVersion, apiVersions string, withCRDs bool) error {
	chart, err := loader.Load(folder)
	if err != nil {
		return err
	}
	values := map[string]any{}
	if err := json.NewDecoder(os.Stdin).Decode(&values); err != nil {
		return fmt.Errorf("values: %w", err)
	}
	if err := chartutil.ProcessDependenciesWithMerge(chart, values); err != nil {
		return err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	if kubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(kubeVersion)
		if err != nil {
			return err
		}
		capabilities.KubeVersion = *version
	}
	if apiVersions != "" {
		capabilities.APIVersions = append(capabilities.APIVersions, strings.Split(apiVersions, ",")...)
	}
	wanted := chart.Metadata.KubeVersion
	if wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		return fmt.Errorf("the chart wants Kubernetes %s, which %s is not", wanted, capabilities.KubeVersion.String())
	}
	options := chartutil.ReleaseOptions{Name: release, Namespace: namespace, IsInstall: true, Revision: 1}
	input, err := chartutil.ToRenderValues(chart, values, options, capabilities)
	if err != nil {
		return err
	}
	files, err := engine.Engine{Strict: false}.Render(chart, input)
	if err != nil {
		return err
	}
	if withCRDs {
		for _, crd := range chart.CRDObjects() {
			show(crd.Filename, string(crd.File.Data))
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "_") || base == "NOTES.txt" || strings.TrimSpace(files[name]) == "" {
			continue
		}
		show(name, files[name])
	}
	return nil
}

func show(source, text string) {
	fmt.Printf("---\n# Source: %s\n%s\n", source, strings.TrimSpace(text))
}
