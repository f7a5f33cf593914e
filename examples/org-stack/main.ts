import { App } from "cdktf";
import { ResearchGpuStack } from "./org-stack";

const app = new App();
new ResearchGpuStack(app, "research-gpu");
app.synth();
