import { App } from "cdktf";
import { stages } from "./config";
import { addStage } from "./datacenter";

const app = new App();
for (const stage of stages) addStage(app, stage);
app.synth();
