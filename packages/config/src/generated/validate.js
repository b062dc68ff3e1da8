// Compiled from ../schema.ts by scripts/generate.ts. Do not edit.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
export const validate = validate20;

const schema31 = {"type":"object","additionalProperties":false,"properties":{"imageDir":{"$ref":"#/$defs/absolutePath"},"additionalPaths":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}},"inotifyIncompatiblePaths":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}},"nodeStateServerURL":{"type":"string","pattern":"^[hH][tT][tT][pP][sS]?://[^\\s/]"},"nodeName":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$"},"nodeStateTimeout":{"$ref":"#/$defs/duration"},"nodeStateGrace":{"$ref":"#/$defs/duration"},"ifNodeStateUnavailable":{"type":"string","enum":["checkpoint","stop"]},"checkpointOn":{"type":"string","enum":["always","node-shutting-down","never"]},"checkpointSignals":{"type":"array","items":{"type":"string","enum":["SIGTERM","SIGINT","SIGQUIT","SIGHUP","SIGUSR1","SIGUSR2","SIGWINCH"]},"minItems":1,"uniqueItems":true},"exitCodeAfterCheckpoint":{"type":"integer","minimum":0,"maximum":255},"gracePeriod":{"$ref":"#/$defs/duration"},"stopReserve":{"$ref":"#/$defs/duration"},"restoreTimeout":{"$ref":"#/$defs/duration"},"ifRestoreFails":{"type":"string","enum":["previous","start-fresh","fail"]},"ifClaimed":{"type":"string","enum":["start-fresh","fail"]},"claimTimeout":{"$ref":"#/$defs/duration"},"ifCommandChanged":{"type":"string","enum":["restore","start-fresh","fail"]},"carry":{"type":"object","additionalProperties":false,"properties":{"writableLayer":{"type":"boolean"},"limit":{"$ref":"#/$defs/bytes"},"exclude":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}}}},"keep":{"type":"object","additionalProperties":false,"properties":{"generations":{"type":"integer","minimum":1,"maximum":1000},"bytes":{"$ref":"#/$defs/bytes"}}},"digest":{"type":"string","enum":["xxh3","sha256"]},"tcp":{"type":"string","enum":["close","established","fail"]},"prevent":{"type":"object","additionalProperties":false,"properties":{"ioUring":{"type":"boolean"},"multipathTcp":{"type":"boolean"}}},"criu":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","pattern":"\\S"},"mode":{"type":"string","enum":["auto","privileged","unprivileged"]},"verbosity":{"type":"integer","minimum":0,"maximum":4},"ghostLimit":{"$ref":"#/$defs/bytes"},"extraDumpArguments":{"type":"array","items":{"type":"string","pattern":"\\S"}},"extraRestoreArguments":{"type":"array","items":{"type":"string","pattern":"\\S"}}}},"log":{"type":"object","additionalProperties":false,"properties":{"level":{"type":"string","enum":["debug","info","warn","error"]},"format":{"type":"string","enum":["text","json"]}}}},"$defs":{"duration":{"type":"string","pattern":"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},"bytes":{"type":["string","integer"],"pattern":"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$","minimum":0},"absolutePath":{"type":"string","pattern":"^/[^\\u0000]*$"}}};
const schema32 = {"type":"string","pattern":"^/[^\\u0000]*$"};
const schema35 = {"type":"string","pattern":"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"};
const schema41 = {"type":["string","integer"],"pattern":"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$","minimum":0};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^/[^\\u0000]*$", "u");
const pattern7 = new RegExp("^[hH][tT][tT][pP][sS]?://[^\\s/]", "u");
const pattern8 = new RegExp("^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$", "u");
const pattern9 = new RegExp("^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$", "u");
const pattern15 = new RegExp("^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$", "u");
const pattern18 = new RegExp("\\S", "u");

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema31.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.imageDir !== undefined){
let data0 = data.imageDir;
if(typeof data0 === "string"){
if(!pattern4.test(data0)){
const err1 = {instancePath:instancePath+"/imageDir",schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/imageDir",schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.additionalPaths !== undefined){
let data1 = data.additionalPaths;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern4.test(data2)){
const err3 = {instancePath:instancePath+"/additionalPaths/" + i0,schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/additionalPaths/" + i0,schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/additionalPaths",schemaPath:"#/properties/additionalPaths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.inotifyIncompatiblePaths !== undefined){
let data3 = data.inotifyIncompatiblePaths;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 === "string"){
if(!pattern4.test(data4)){
const err6 = {instancePath:instancePath+"/inotifyIncompatiblePaths/" + i1,schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/inotifyIncompatiblePaths/" + i1,schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/inotifyIncompatiblePaths",schemaPath:"#/properties/inotifyIncompatiblePaths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.nodeStateServerURL !== undefined){
let data5 = data.nodeStateServerURL;
if(typeof data5 === "string"){
if(!pattern7.test(data5)){
const err9 = {instancePath:instancePath+"/nodeStateServerURL",schemaPath:"#/properties/nodeStateServerURL/pattern",keyword:"pattern",params:{pattern: "^[hH][tT][tT][pP][sS]?://[^\\s/]"},message:"must match pattern \""+"^[hH][tT][tT][pP][sS]?://[^\\s/]"+"\""};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/nodeStateServerURL",schemaPath:"#/properties/nodeStateServerURL/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.nodeName !== undefined){
let data6 = data.nodeName;
if(typeof data6 === "string"){
if(!pattern8.test(data6)){
const err11 = {instancePath:instancePath+"/nodeName",schemaPath:"#/properties/nodeName/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/nodeName",schemaPath:"#/properties/nodeName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.nodeStateTimeout !== undefined){
let data7 = data.nodeStateTimeout;
if(typeof data7 === "string"){
if(!pattern9.test(data7)){
const err13 = {instancePath:instancePath+"/nodeStateTimeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/nodeStateTimeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.nodeStateGrace !== undefined){
let data8 = data.nodeStateGrace;
if(typeof data8 === "string"){
if(!pattern9.test(data8)){
const err15 = {instancePath:instancePath+"/nodeStateGrace",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/nodeStateGrace",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.ifNodeStateUnavailable !== undefined){
let data9 = data.ifNodeStateUnavailable;
if(typeof data9 !== "string"){
const err17 = {instancePath:instancePath+"/ifNodeStateUnavailable",schemaPath:"#/properties/ifNodeStateUnavailable/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!((data9 === "checkpoint") || (data9 === "stop"))){
const err18 = {instancePath:instancePath+"/ifNodeStateUnavailable",schemaPath:"#/properties/ifNodeStateUnavailable/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifNodeStateUnavailable.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.checkpointOn !== undefined){
let data10 = data.checkpointOn;
if(typeof data10 !== "string"){
const err19 = {instancePath:instancePath+"/checkpointOn",schemaPath:"#/properties/checkpointOn/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!(((data10 === "always") || (data10 === "node-shutting-down")) || (data10 === "never"))){
const err20 = {instancePath:instancePath+"/checkpointOn",schemaPath:"#/properties/checkpointOn/enum",keyword:"enum",params:{allowedValues: schema31.properties.checkpointOn.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.checkpointSignals !== undefined){
let data11 = data.checkpointSignals;
if(Array.isArray(data11)){
if(data11.length < 1){
const err21 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
const len2 = data11.length;
for(let i2=0; i2<len2; i2++){
let data12 = data11[i2];
if(typeof data12 !== "string"){
const err22 = {instancePath:instancePath+"/checkpointSignals/" + i2,schemaPath:"#/properties/checkpointSignals/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!(((((((data12 === "SIGTERM") || (data12 === "SIGINT")) || (data12 === "SIGQUIT")) || (data12 === "SIGHUP")) || (data12 === "SIGUSR1")) || (data12 === "SIGUSR2")) || (data12 === "SIGWINCH"))){
const err23 = {instancePath:instancePath+"/checkpointSignals/" + i2,schemaPath:"#/properties/checkpointSignals/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.checkpointSignals.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
let i3 = data11.length;
let j0;
if(i3 > 1){
const indices0 = {};
for(;i3--;){
let item0 = data11[i3];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err24 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/uniqueItems",keyword:"uniqueItems",params:{i: i3, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i3+" are identical)"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
break;
}
indices0[item0] = i3;
}
}
}
else {
const err25 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.exitCodeAfterCheckpoint !== undefined){
let data13 = data.exitCodeAfterCheckpoint;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err26 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 255 || isNaN(data13)){
const err27 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255},message:"must be <= 255"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err28 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
if(data.gracePeriod !== undefined){
let data14 = data.gracePeriod;
if(typeof data14 === "string"){
if(!pattern9.test(data14)){
const err29 = {instancePath:instancePath+"/gracePeriod",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/gracePeriod",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data.stopReserve !== undefined){
let data15 = data.stopReserve;
if(typeof data15 === "string"){
if(!pattern9.test(data15)){
const err31 = {instancePath:instancePath+"/stopReserve",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/stopReserve",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data.restoreTimeout !== undefined){
let data16 = data.restoreTimeout;
if(typeof data16 === "string"){
if(!pattern9.test(data16)){
const err33 = {instancePath:instancePath+"/restoreTimeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/restoreTimeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.ifRestoreFails !== undefined){
let data17 = data.ifRestoreFails;
if(typeof data17 !== "string"){
const err35 = {instancePath:instancePath+"/ifRestoreFails",schemaPath:"#/properties/ifRestoreFails/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(!(((data17 === "previous") || (data17 === "start-fresh")) || (data17 === "fail"))){
const err36 = {instancePath:instancePath+"/ifRestoreFails",schemaPath:"#/properties/ifRestoreFails/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifRestoreFails.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data.ifClaimed !== undefined){
let data18 = data.ifClaimed;
if(typeof data18 !== "string"){
const err37 = {instancePath:instancePath+"/ifClaimed",schemaPath:"#/properties/ifClaimed/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!((data18 === "start-fresh") || (data18 === "fail"))){
const err38 = {instancePath:instancePath+"/ifClaimed",schemaPath:"#/properties/ifClaimed/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifClaimed.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data.claimTimeout !== undefined){
let data19 = data.claimTimeout;
if(typeof data19 === "string"){
if(!pattern9.test(data19)){
const err39 = {instancePath:instancePath+"/claimTimeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/claimTimeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.ifCommandChanged !== undefined){
let data20 = data.ifCommandChanged;
if(typeof data20 !== "string"){
const err41 = {instancePath:instancePath+"/ifCommandChanged",schemaPath:"#/properties/ifCommandChanged/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(!(((data20 === "restore") || (data20 === "start-fresh")) || (data20 === "fail"))){
const err42 = {instancePath:instancePath+"/ifCommandChanged",schemaPath:"#/properties/ifCommandChanged/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifCommandChanged.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data.carry !== undefined){
let data21 = data.carry;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
for(const key1 in data21){
if(!(((key1 === "writableLayer") || (key1 === "limit")) || (key1 === "exclude"))){
const err43 = {instancePath:instancePath+"/carry",schemaPath:"#/properties/carry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data21.writableLayer !== undefined){
if(typeof data21.writableLayer !== "boolean"){
const err44 = {instancePath:instancePath+"/carry/writableLayer",schemaPath:"#/properties/carry/properties/writableLayer/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data21.limit !== undefined){
let data23 = data21.limit;
if((typeof data23 !== "string") && (!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23))))){
const err45 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema41.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 0 || isNaN(data23)){
const err46 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(typeof data23 === "string"){
if(!pattern15.test(data23)){
const err47 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
if(data21.exclude !== undefined){
let data24 = data21.exclude;
if(Array.isArray(data24)){
const len3 = data24.length;
for(let i4=0; i4<len3; i4++){
let data25 = data24[i4];
if(typeof data25 === "string"){
if(!pattern4.test(data25)){
const err48 = {instancePath:instancePath+"/carry/exclude/" + i4,schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/carry/exclude/" + i4,schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
else {
const err50 = {instancePath:instancePath+"/carry/exclude",schemaPath:"#/properties/carry/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/carry",schemaPath:"#/properties/carry/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data.keep !== undefined){
let data26 = data.keep;
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
for(const key2 in data26){
if(!((key2 === "generations") || (key2 === "bytes"))){
const err52 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data26.generations !== undefined){
let data27 = data26.generations;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err53 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 1000 || isNaN(data27)){
const err54 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(data27 < 1 || isNaN(data27)){
const err55 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
if(data26.bytes !== undefined){
let data28 = data26.bytes;
if((typeof data28 !== "string") && (!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28))))){
const err56 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema41.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 0 || isNaN(data28)){
const err57 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(typeof data28 === "string"){
if(!pattern15.test(data28)){
const err58 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
}
else {
const err59 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data.digest !== undefined){
let data29 = data.digest;
if(typeof data29 !== "string"){
const err60 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(!((data29 === "xxh3") || (data29 === "sha256"))){
const err61 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/enum",keyword:"enum",params:{allowedValues: schema31.properties.digest.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data.tcp !== undefined){
let data30 = data.tcp;
if(typeof data30 !== "string"){
const err62 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(!(((data30 === "close") || (data30 === "established")) || (data30 === "fail"))){
const err63 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/enum",keyword:"enum",params:{allowedValues: schema31.properties.tcp.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data.prevent !== undefined){
let data31 = data.prevent;
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
for(const key3 in data31){
if(!((key3 === "ioUring") || (key3 === "multipathTcp"))){
const err64 = {instancePath:instancePath+"/prevent",schemaPath:"#/properties/prevent/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data31.ioUring !== undefined){
if(typeof data31.ioUring !== "boolean"){
const err65 = {instancePath:instancePath+"/prevent/ioUring",schemaPath:"#/properties/prevent/properties/ioUring/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data31.multipathTcp !== undefined){
if(typeof data31.multipathTcp !== "boolean"){
const err66 = {instancePath:instancePath+"/prevent/multipathTcp",schemaPath:"#/properties/prevent/properties/multipathTcp/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
else {
const err67 = {instancePath:instancePath+"/prevent",schemaPath:"#/properties/prevent/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data.criu !== undefined){
let data34 = data.criu;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key4 in data34){
if(!((((((key4 === "path") || (key4 === "mode")) || (key4 === "verbosity")) || (key4 === "ghostLimit")) || (key4 === "extraDumpArguments")) || (key4 === "extraRestoreArguments"))){
const err68 = {instancePath:instancePath+"/criu",schemaPath:"#/properties/criu/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data34.path !== undefined){
let data35 = data34.path;
if(typeof data35 === "string"){
if(!pattern18.test(data35)){
const err69 = {instancePath:instancePath+"/criu/path",schemaPath:"#/properties/criu/properties/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/criu/path",schemaPath:"#/properties/criu/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data34.mode !== undefined){
let data36 = data34.mode;
if(typeof data36 !== "string"){
const err71 = {instancePath:instancePath+"/criu/mode",schemaPath:"#/properties/criu/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(!(((data36 === "auto") || (data36 === "privileged")) || (data36 === "unprivileged"))){
const err72 = {instancePath:instancePath+"/criu/mode",schemaPath:"#/properties/criu/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.criu.properties.mode.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data34.verbosity !== undefined){
let data37 = data34.verbosity;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
const err73 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 4 || isNaN(data37)){
const err74 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4},message:"must be <= 4"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if(data37 < 0 || isNaN(data37)){
const err75 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
if(data34.ghostLimit !== undefined){
let data38 = data34.ghostLimit;
if((typeof data38 !== "string") && (!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38))))){
const err76 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema41.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 < 0 || isNaN(data38)){
const err77 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(typeof data38 === "string"){
if(!pattern15.test(data38)){
const err78 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
if(data34.extraDumpArguments !== undefined){
let data39 = data34.extraDumpArguments;
if(Array.isArray(data39)){
const len4 = data39.length;
for(let i5=0; i5<len4; i5++){
let data40 = data39[i5];
if(typeof data40 === "string"){
if(!pattern18.test(data40)){
const err79 = {instancePath:instancePath+"/criu/extraDumpArguments/" + i5,schemaPath:"#/properties/criu/properties/extraDumpArguments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/criu/extraDumpArguments/" + i5,schemaPath:"#/properties/criu/properties/extraDumpArguments/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
else {
const err81 = {instancePath:instancePath+"/criu/extraDumpArguments",schemaPath:"#/properties/criu/properties/extraDumpArguments/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data34.extraRestoreArguments !== undefined){
let data41 = data34.extraRestoreArguments;
if(Array.isArray(data41)){
const len5 = data41.length;
for(let i6=0; i6<len5; i6++){
let data42 = data41[i6];
if(typeof data42 === "string"){
if(!pattern18.test(data42)){
const err82 = {instancePath:instancePath+"/criu/extraRestoreArguments/" + i6,schemaPath:"#/properties/criu/properties/extraRestoreArguments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/criu/extraRestoreArguments/" + i6,schemaPath:"#/properties/criu/properties/extraRestoreArguments/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
}
else {
const err84 = {instancePath:instancePath+"/criu/extraRestoreArguments",schemaPath:"#/properties/criu/properties/extraRestoreArguments/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
else {
const err85 = {instancePath:instancePath+"/criu",schemaPath:"#/properties/criu/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data.log !== undefined){
let data43 = data.log;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key5 in data43){
if(!((key5 === "level") || (key5 === "format"))){
const err86 = {instancePath:instancePath+"/log",schemaPath:"#/properties/log/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data43.level !== undefined){
let data44 = data43.level;
if(typeof data44 !== "string"){
const err87 = {instancePath:instancePath+"/log/level",schemaPath:"#/properties/log/properties/level/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(!((((data44 === "debug") || (data44 === "info")) || (data44 === "warn")) || (data44 === "error"))){
const err88 = {instancePath:instancePath+"/log/level",schemaPath:"#/properties/log/properties/level/enum",keyword:"enum",params:{allowedValues: schema31.properties.log.properties.level.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data43.format !== undefined){
let data45 = data43.format;
if(typeof data45 !== "string"){
const err89 = {instancePath:instancePath+"/log/format",schemaPath:"#/properties/log/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(!((data45 === "text") || (data45 === "json"))){
const err90 = {instancePath:instancePath+"/log/format",schemaPath:"#/properties/log/properties/format/enum",keyword:"enum",params:{allowedValues: schema31.properties.log.properties.format.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/log",schemaPath:"#/properties/log/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
