import { App } from "cdktf";
import { stages } from "./config";
import { addStage, stageFloor } from "./datacenter";
import { describeFloor } from "./describe-floor";

const app = new App();
for (const stage of stages) addStage(app, stage);
app.synth();
for (const stage of stages) console.log(describeFloor(stage.name, stageFloor(stage)));
