// Compiled from ../schema.ts by scripts/generate.ts. Do not edit.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
export const validate = validate20;

const schema31 = {"type":"object","additionalProperties":false,"properties":{"imageDir":{"$ref":"#/$defs/absolutePath"},"additionalPaths":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}},"inotifyIncompatiblePaths":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}},"nodeStateServerURL":{"type":"string","pattern":"^[hH][tT][tT][pP][sS]?://[^\\s/]"},"nodeName":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$"},"nodeStateTimeout":{"$ref":"#/$defs/duration"},"nodeStateGrace":{"$ref":"#/$defs/duration"},"nodeStateWatch":{"type":"boolean"},"nodeStateCAFile":{"$ref":"#/$defs/absolutePath"},"nodeStateTokenFile":{"$ref":"#/$defs/absolutePath"},"ifNodeStateUnavailable":{"type":"string","enum":["checkpoint","stop"]},"checkpointOn":{"type":"string","enum":["always","node-shutting-down","never"]},"checkpointSignals":{"type":"array","items":{"type":"string","enum":["SIGTERM","SIGINT","SIGQUIT","SIGHUP","SIGUSR1","SIGUSR2","SIGWINCH"]},"minItems":1,"uniqueItems":true},"exitCodeAfterCheckpoint":{"type":"integer","minimum":0,"maximum":255},"gracePeriod":{"$ref":"#/$defs/duration"},"stopReserve":{"$ref":"#/$defs/duration"},"restoreTimeout":{"$ref":"#/$defs/duration"},"ifRestoreFails":{"type":"string","enum":["previous","start-fresh","fail"]},"ifClaimed":{"type":"string","enum":["start-fresh","fail"]},"claimTimeout":{"$ref":"#/$defs/duration"},"ifCommandChanged":{"type":"string","enum":["restore","start-fresh","fail"]},"carry":{"type":"object","additionalProperties":false,"properties":{"writableLayer":{"type":"boolean"},"limit":{"$ref":"#/$defs/bytes"},"exclude":{"type":"array","items":{"$ref":"#/$defs/absolutePath"}}}},"keep":{"type":"object","additionalProperties":false,"properties":{"generations":{"type":"integer","minimum":1,"maximum":1000},"bytes":{"$ref":"#/$defs/bytes"}}},"digest":{"type":"string","enum":["xxh3","sha256"]},"tcp":{"type":"string","enum":["close","established","fail"]},"prevent":{"type":"object","additionalProperties":false,"properties":{"ioUring":{"type":"boolean"},"multipathTcp":{"type":"boolean"}}},"criu":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","pattern":"\\S"},"mode":{"type":"string","enum":["auto","privileged","unprivileged"]},"verbosity":{"type":"integer","minimum":0,"maximum":4},"ghostLimit":{"$ref":"#/$defs/bytes"},"extraDumpArguments":{"type":"array","items":{"type":"string","pattern":"\\S"}},"extraRestoreArguments":{"type":"array","items":{"type":"string","pattern":"\\S"}}}},"log":{"type":"object","additionalProperties":false,"properties":{"level":{"type":"string","enum":["debug","info","warn","error"]},"format":{"type":"string","enum":["text","json"]}}}},"$defs":{"duration":{"type":"string","pattern":"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},"bytes":{"type":["string","integer"],"pattern":"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$","minimum":0},"absolutePath":{"type":"string","pattern":"^/[^\\u0000]*$"}}};
const schema32 = {"type":"string","pattern":"^/[^\\u0000]*$"};
const schema35 = {"type":"string","pattern":"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"};
const schema43 = {"type":["string","integer"],"pattern":"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$","minimum":0};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^/[^\\u0000]*$", "u");
const pattern7 = new RegExp("^[hH][tT][tT][pP][sS]?://[^\\s/]", "u");
const pattern8 = new RegExp("^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$", "u");
const pattern9 = new RegExp("^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$", "u");
const pattern17 = new RegExp("^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$", "u");
const pattern20 = new RegExp("\\S", "u");

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
if(data.nodeStateWatch !== undefined){
if(typeof data.nodeStateWatch !== "boolean"){
const err17 = {instancePath:instancePath+"/nodeStateWatch",schemaPath:"#/properties/nodeStateWatch/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.nodeStateCAFile !== undefined){
let data10 = data.nodeStateCAFile;
if(typeof data10 === "string"){
if(!pattern4.test(data10)){
const err18 = {instancePath:instancePath+"/nodeStateCAFile",schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/nodeStateCAFile",schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.nodeStateTokenFile !== undefined){
let data11 = data.nodeStateTokenFile;
if(typeof data11 === "string"){
if(!pattern4.test(data11)){
const err20 = {instancePath:instancePath+"/nodeStateTokenFile",schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/nodeStateTokenFile",schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.ifNodeStateUnavailable !== undefined){
let data12 = data.ifNodeStateUnavailable;
if(typeof data12 !== "string"){
const err22 = {instancePath:instancePath+"/ifNodeStateUnavailable",schemaPath:"#/properties/ifNodeStateUnavailable/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!((data12 === "checkpoint") || (data12 === "stop"))){
const err23 = {instancePath:instancePath+"/ifNodeStateUnavailable",schemaPath:"#/properties/ifNodeStateUnavailable/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifNodeStateUnavailable.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.checkpointOn !== undefined){
let data13 = data.checkpointOn;
if(typeof data13 !== "string"){
const err24 = {instancePath:instancePath+"/checkpointOn",schemaPath:"#/properties/checkpointOn/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(!(((data13 === "always") || (data13 === "node-shutting-down")) || (data13 === "never"))){
const err25 = {instancePath:instancePath+"/checkpointOn",schemaPath:"#/properties/checkpointOn/enum",keyword:"enum",params:{allowedValues: schema31.properties.checkpointOn.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.checkpointSignals !== undefined){
let data14 = data.checkpointSignals;
if(Array.isArray(data14)){
if(data14.length < 1){
const err26 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len2 = data14.length;
for(let i2=0; i2<len2; i2++){
let data15 = data14[i2];
if(typeof data15 !== "string"){
const err27 = {instancePath:instancePath+"/checkpointSignals/" + i2,schemaPath:"#/properties/checkpointSignals/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!(((((((data15 === "SIGTERM") || (data15 === "SIGINT")) || (data15 === "SIGQUIT")) || (data15 === "SIGHUP")) || (data15 === "SIGUSR1")) || (data15 === "SIGUSR2")) || (data15 === "SIGWINCH"))){
const err28 = {instancePath:instancePath+"/checkpointSignals/" + i2,schemaPath:"#/properties/checkpointSignals/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.checkpointSignals.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
let i3 = data14.length;
let j0;
if(i3 > 1){
const indices0 = {};
for(;i3--;){
let item0 = data14[i3];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err29 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/uniqueItems",keyword:"uniqueItems",params:{i: i3, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i3+" are identical)"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
break;
}
indices0[item0] = i3;
}
}
}
else {
const err30 = {instancePath:instancePath+"/checkpointSignals",schemaPath:"#/properties/checkpointSignals/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data.exitCodeAfterCheckpoint !== undefined){
let data16 = data.exitCodeAfterCheckpoint;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err31 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 255 || isNaN(data16)){
const err32 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255},message:"must be <= 255"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data16 < 0 || isNaN(data16)){
const err33 = {instancePath:instancePath+"/exitCodeAfterCheckpoint",schemaPath:"#/properties/exitCodeAfterCheckpoint/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
if(data.gracePeriod !== undefined){
let data17 = data.gracePeriod;
if(typeof data17 === "string"){
if(!pattern9.test(data17)){
const err34 = {instancePath:instancePath+"/gracePeriod",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/gracePeriod",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data.stopReserve !== undefined){
let data18 = data.stopReserve;
if(typeof data18 === "string"){
if(!pattern9.test(data18)){
const err36 = {instancePath:instancePath+"/stopReserve",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/stopReserve",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data.restoreTimeout !== undefined){
let data19 = data.restoreTimeout;
if(typeof data19 === "string"){
if(!pattern9.test(data19)){
const err38 = {instancePath:instancePath+"/restoreTimeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/restoreTimeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.ifRestoreFails !== undefined){
let data20 = data.ifRestoreFails;
if(typeof data20 !== "string"){
const err40 = {instancePath:instancePath+"/ifRestoreFails",schemaPath:"#/properties/ifRestoreFails/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!(((data20 === "previous") || (data20 === "start-fresh")) || (data20 === "fail"))){
const err41 = {instancePath:instancePath+"/ifRestoreFails",schemaPath:"#/properties/ifRestoreFails/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifRestoreFails.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.ifClaimed !== undefined){
let data21 = data.ifClaimed;
if(typeof data21 !== "string"){
const err42 = {instancePath:instancePath+"/ifClaimed",schemaPath:"#/properties/ifClaimed/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!((data21 === "start-fresh") || (data21 === "fail"))){
const err43 = {instancePath:instancePath+"/ifClaimed",schemaPath:"#/properties/ifClaimed/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifClaimed.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data.claimTimeout !== undefined){
let data22 = data.claimTimeout;
if(typeof data22 === "string"){
if(!pattern9.test(data22)){
const err44 = {instancePath:instancePath+"/claimTimeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"},message:"must match pattern \""+"^(?=.)(?:(?:[0-9]+(?:\\.[0-9]+)?h)?(?:[0-9]+(?:\\.[0-9]+)?m)?(?:[0-9]+(?:\\.[0-9]+)?s)?(?:[0-9]+(?:\\.[0-9]+)?ms)?|PT(?=[0-9])(?:[0-9]+(?:\\.[0-9]+)?H)?(?:[0-9]+(?:\\.[0-9]+)?M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)$"+"\""};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/claimTimeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data.ifCommandChanged !== undefined){
let data23 = data.ifCommandChanged;
if(typeof data23 !== "string"){
const err46 = {instancePath:instancePath+"/ifCommandChanged",schemaPath:"#/properties/ifCommandChanged/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(!(((data23 === "restore") || (data23 === "start-fresh")) || (data23 === "fail"))){
const err47 = {instancePath:instancePath+"/ifCommandChanged",schemaPath:"#/properties/ifCommandChanged/enum",keyword:"enum",params:{allowedValues: schema31.properties.ifCommandChanged.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data.carry !== undefined){
let data24 = data.carry;
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
for(const key1 in data24){
if(!(((key1 === "writableLayer") || (key1 === "limit")) || (key1 === "exclude"))){
const err48 = {instancePath:instancePath+"/carry",schemaPath:"#/properties/carry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data24.writableLayer !== undefined){
if(typeof data24.writableLayer !== "boolean"){
const err49 = {instancePath:instancePath+"/carry/writableLayer",schemaPath:"#/properties/carry/properties/writableLayer/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data24.limit !== undefined){
let data26 = data24.limit;
if((typeof data26 !== "string") && (!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26))))){
const err50 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema43.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 < 0 || isNaN(data26)){
const err51 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(typeof data26 === "string"){
if(!pattern17.test(data26)){
const err52 = {instancePath:instancePath+"/carry/limit",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
if(data24.exclude !== undefined){
let data27 = data24.exclude;
if(Array.isArray(data27)){
const len3 = data27.length;
for(let i4=0; i4<len3; i4++){
let data28 = data27[i4];
if(typeof data28 === "string"){
if(!pattern4.test(data28)){
const err53 = {instancePath:instancePath+"/carry/exclude/" + i4,schemaPath:"#/$defs/absolutePath/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000]*$"},message:"must match pattern \""+"^/[^\\u0000]*$"+"\""};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
else {
const err54 = {instancePath:instancePath+"/carry/exclude/" + i4,schemaPath:"#/$defs/absolutePath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
else {
const err55 = {instancePath:instancePath+"/carry/exclude",schemaPath:"#/properties/carry/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array"};
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
else {
const err56 = {instancePath:instancePath+"/carry",schemaPath:"#/properties/carry/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data.keep !== undefined){
let data29 = data.keep;
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
for(const key2 in data29){
if(!((key2 === "generations") || (key2 === "bytes"))){
const err57 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data29.generations !== undefined){
let data30 = data29.generations;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
const err58 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 1000 || isNaN(data30)){
const err59 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data30 < 1 || isNaN(data30)){
const err60 = {instancePath:instancePath+"/keep/generations",schemaPath:"#/properties/keep/properties/generations/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
if(data29.bytes !== undefined){
let data31 = data29.bytes;
if((typeof data31 !== "string") && (!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31))))){
const err61 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema43.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 < 0 || isNaN(data31)){
const err62 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(typeof data31 === "string"){
if(!pattern17.test(data31)){
const err63 = {instancePath:instancePath+"/keep/bytes",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
}
else {
const err64 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data.digest !== undefined){
let data32 = data.digest;
if(typeof data32 !== "string"){
const err65 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(!((data32 === "xxh3") || (data32 === "sha256"))){
const err66 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/enum",keyword:"enum",params:{allowedValues: schema31.properties.digest.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data.tcp !== undefined){
let data33 = data.tcp;
if(typeof data33 !== "string"){
const err67 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(!(((data33 === "close") || (data33 === "established")) || (data33 === "fail"))){
const err68 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/enum",keyword:"enum",params:{allowedValues: schema31.properties.tcp.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data.prevent !== undefined){
let data34 = data.prevent;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key3 in data34){
if(!((key3 === "ioUring") || (key3 === "multipathTcp"))){
const err69 = {instancePath:instancePath+"/prevent",schemaPath:"#/properties/prevent/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data34.ioUring !== undefined){
if(typeof data34.ioUring !== "boolean"){
const err70 = {instancePath:instancePath+"/prevent/ioUring",schemaPath:"#/properties/prevent/properties/ioUring/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data34.multipathTcp !== undefined){
if(typeof data34.multipathTcp !== "boolean"){
const err71 = {instancePath:instancePath+"/prevent/multipathTcp",schemaPath:"#/properties/prevent/properties/multipathTcp/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
else {
const err72 = {instancePath:instancePath+"/prevent",schemaPath:"#/properties/prevent/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data.criu !== undefined){
let data37 = data.criu;
if(data37 && typeof data37 == "object" && !Array.isArray(data37)){
for(const key4 in data37){
if(!((((((key4 === "path") || (key4 === "mode")) || (key4 === "verbosity")) || (key4 === "ghostLimit")) || (key4 === "extraDumpArguments")) || (key4 === "extraRestoreArguments"))){
const err73 = {instancePath:instancePath+"/criu",schemaPath:"#/properties/criu/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data37.path !== undefined){
let data38 = data37.path;
if(typeof data38 === "string"){
if(!pattern20.test(data38)){
const err74 = {instancePath:instancePath+"/criu/path",schemaPath:"#/properties/criu/properties/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
else {
const err75 = {instancePath:instancePath+"/criu/path",schemaPath:"#/properties/criu/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data37.mode !== undefined){
let data39 = data37.mode;
if(typeof data39 !== "string"){
const err76 = {instancePath:instancePath+"/criu/mode",schemaPath:"#/properties/criu/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(!(((data39 === "auto") || (data39 === "privileged")) || (data39 === "unprivileged"))){
const err77 = {instancePath:instancePath+"/criu/mode",schemaPath:"#/properties/criu/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.criu.properties.mode.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data37.verbosity !== undefined){
let data40 = data37.verbosity;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
const err78 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 4 || isNaN(data40)){
const err79 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4},message:"must be <= 4"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data40 < 0 || isNaN(data40)){
const err80 = {instancePath:instancePath+"/criu/verbosity",schemaPath:"#/properties/criu/properties/verbosity/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
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
if(data37.ghostLimit !== undefined){
let data41 = data37.ghostLimit;
if((typeof data41 !== "string") && (!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41))))){
const err81 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/type",keyword:"type",params:{type: schema43.type},message:"must be string,integer"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 < 0 || isNaN(data41)){
const err82 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(typeof data41 === "string"){
if(!pattern17.test(data41)){
const err83 = {instancePath:instancePath+"/criu/ghostLimit",schemaPath:"#/$defs/bytes/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"},message:"must match pattern \""+"^[0-9]+(?:\\.[0-9]+)?(?:[kMGT]|[KMGT]i)?$"+"\""};
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
if(data37.extraDumpArguments !== undefined){
let data42 = data37.extraDumpArguments;
if(Array.isArray(data42)){
const len4 = data42.length;
for(let i5=0; i5<len4; i5++){
let data43 = data42[i5];
if(typeof data43 === "string"){
if(!pattern20.test(data43)){
const err84 = {instancePath:instancePath+"/criu/extraDumpArguments/" + i5,schemaPath:"#/properties/criu/properties/extraDumpArguments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/criu/extraDumpArguments/" + i5,schemaPath:"#/properties/criu/properties/extraDumpArguments/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
else {
const err86 = {instancePath:instancePath+"/criu/extraDumpArguments",schemaPath:"#/properties/criu/properties/extraDumpArguments/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data37.extraRestoreArguments !== undefined){
let data44 = data37.extraRestoreArguments;
if(Array.isArray(data44)){
const len5 = data44.length;
for(let i6=0; i6<len5; i6++){
let data45 = data44[i6];
if(typeof data45 === "string"){
if(!pattern20.test(data45)){
const err87 = {instancePath:instancePath+"/criu/extraRestoreArguments/" + i6,schemaPath:"#/properties/criu/properties/extraRestoreArguments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
else {
const err88 = {instancePath:instancePath+"/criu/extraRestoreArguments/" + i6,schemaPath:"#/properties/criu/properties/extraRestoreArguments/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
else {
const err89 = {instancePath:instancePath+"/criu/extraRestoreArguments",schemaPath:"#/properties/criu/properties/extraRestoreArguments/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
}
else {
const err90 = {instancePath:instancePath+"/criu",schemaPath:"#/properties/criu/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
if(data.log !== undefined){
let data46 = data.log;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
for(const key5 in data46){
if(!((key5 === "level") || (key5 === "format"))){
const err91 = {instancePath:instancePath+"/log",schemaPath:"#/properties/log/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data46.level !== undefined){
let data47 = data46.level;
if(typeof data47 !== "string"){
const err92 = {instancePath:instancePath+"/log/level",schemaPath:"#/properties/log/properties/level/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(!((((data47 === "debug") || (data47 === "info")) || (data47 === "warn")) || (data47 === "error"))){
const err93 = {instancePath:instancePath+"/log/level",schemaPath:"#/properties/log/properties/level/enum",keyword:"enum",params:{allowedValues: schema31.properties.log.properties.level.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data46.format !== undefined){
let data48 = data46.format;
if(typeof data48 !== "string"){
const err94 = {instancePath:instancePath+"/log/format",schemaPath:"#/properties/log/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(!((data48 === "text") || (data48 === "json"))){
const err95 = {instancePath:instancePath+"/log/format",schemaPath:"#/properties/log/properties/format/enum",keyword:"enum",params:{allowedValues: schema31.properties.log.properties.format.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath:instancePath+"/log",schemaPath:"#/properties/log/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
else {
const err97 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
