namespace Granary.Jobs.Tests;

public sealed class JobFileTests : IDisposable
{
    private const string Good = """
        version: 1
        name: digits
        model:
          kind: mlp
          hidden: [64, 32]
          activation: tanh
        data:
          format: csv
          path: d.csv
          label: label
          validation: { fraction: 0.2 }
        training:
          epochs: 3
          optimizer: { kind: adamw }
          schedule: { kind: cosine, warmup: 5 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public JobFileTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,label\n1,x\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, params string[] overrides) => JobFile.Parse(text, "digits.yaml", _folder, overrides, _folder);

    [Fact]
    public void A_list_of_spellings_that_a_message_prints_can_be_pasted()
    {
        string[] spellings = [.. MissingSpellings.Usual, "-999", ".", "-", "a, b", "it's", "\\\"", "1e5", "true", "~", "no value", "ø"];
        Assert.Equal(spellings, Parse(Good.Replace("label: label", $"label: label\n  missingValues: {MissingSpellings.List(spellings)}")).Data.MissingSpellings);
    }

    [Fact]
    public void Defaults_depend_on_the_optimiser()
    {
        var job = Parse(Good);
        Assert.Equal(0.001, job.Training.Optimizer.LearningRate);
        Assert.Equal(0.01, job.Training.Optimizer.WeightDecay);
        Assert.Equal(8, job.Data.Shards);
        Assert.Equal(64, job.Training.Batch);
        Assert.Equal([64, 32], job.Model.Hidden);
        Assert.Equal(Path.Combine(_folder, "d.csv"), job.Data.Path);
    }

    [Theory]
    [InlineData("training.keep=best", "--set training.keep=best: training.keep goes by held-out examples, but none are held out")]
    [InlineData("training.earlyStopping={patience: 2}", "training.earlyStopping goes by held-out examples, but none are held out")]
    public void What_goes_by_held_out_examples_needs_some(string item, string message)
    {
        _ = Parse(Good, item);
        Assert.StartsWith(message, Assert.Throws<JobException>(() => Parse(Good, "data.validation={fraction: 0}", item)).Message.Replace("--set training.earlyStopping={patience: 2}: ", ""));
    }

    [Theory]
    [InlineData("training.epochs=9", null)]
    [InlineData("training.epochs=3", null)]
    [InlineData("training.checkpoint.seconds=1", null)]
    [InlineData("training.earlyStopping={patience: 3}", null)]
    [InlineData("name=other", null)]
    [InlineData("tracking={mlflow: 'http://127.0.0.1:5000'}", null)]
    [InlineData("output.tensorboard=true", null)]
    [InlineData("training.epochs=2", "training.epochs is 2, but the run was to have 3 already")]
    [InlineData("training.batch=32", "training.batch is 32 here, 64 there")]
    [InlineData("model.hidden=[64]", "model.hidden is [64] here, [64, 32] there")]
    [InlineData("training.optimizer={kind: momentum}", "training.optimizer.beta1 is not given here, 0.9 there")]
    [InlineData("training.earlyStopping={patience: 3, figure: accuracy}", "training.earlyStopping.figure is accuracy here, loss there")]
    [InlineData("training.keep=best", "training.keep is best here, last there")]
    public void A_longer_version_of_a_job_goes_on_from_it(string item, string? refusal)
    {
        const string Constant = "training.schedule={kind: constant}";
        var message = Continuation.Refusal(Parse(Good, Constant), Parse(Good, Constant, item));
        Assert.Equal(refusal is null, message is null);
        Assert.Contains(refusal ?? "", message ?? "");
    }

    [Fact]
    public void A_schedule_that_depends_on_the_epochs_is_not_made_longer()
    {
        Assert.Contains("training.schedule is cosine", Continuation.Refusal(Parse(Good), Parse(Good, "training.epochs=4")));
        Assert.Null(Continuation.Refusal(Parse(Good), Parse(Good, "data.cache=false"))); // it has no influence on the weights
        Assert.Null(Continuation.Refusal(Parse(Good), Parse(Good, "data.target=classes")));
        Assert.Null(Continuation.Refusal(Parse(Good), Parse(Good))); // an interrupted run may go on to its end
    }

    [Theory]
    [InlineData(true, false, 32, "the run has converged after 32 of 200 steps")]
    [InlineData(true, false, 32, "the run has converged after 32 of 200 steps", "training.epochs=1000")]
    [InlineData(true, false, 200, "the run has all of its 200 epochs: set more, such as --set training.epochs=400")]
    [InlineData(true, false, 200, null, "training.epochs=201")]
    [InlineData(true, true, 32, "would stop again at the same step", "training.epochs=1000")]
    [InlineData(true, true, 32, null, "training.earlyStopping={patience: 4}")]
    [InlineData(false, false, 32, null)]
    public void A_run_that_has_ended_for_good_is_told(bool completed, bool early, long steps, string? message, string item = "training.seed=7")
    {
        const string Lbfgs = "training={epochs: 200, optimizer: {kind: lbfgs}, earlyStopping: {patience: 3}}";
        var found = Continuation.NothingLeft(Parse(Good, Lbfgs), Parse(Good, Lbfgs, item), new RunEnd(completed, early, steps));
        Assert.Equal(message is null, found is null);
        Assert.Contains(message ?? "", found ?? "");
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var job = Parse(Good, "training.clipNorm=0.5", "data.shards=3");
        Assert.Equal(job, Parse(JobFile.Write(job)));
    }

    [Theory]
    [InlineData("training.epochs=7")]
    [InlineData("training={epochs: 7}")]
    public void Overrides_reach_values_and_sections(string item) => Assert.Equal(7, Parse(Good, item).Training.Epochs);

    [Theory]
    [InlineData("epochs: 3", "epoch: 3", "training.epoch is not a key of a job file; did you mean training.epochs?")]
    [InlineData("epochs: 3", "epochs: three", "digits.yaml:13: training.epochs is 'three', which is not a whole number.")]
    [InlineData("epochs: 3", "epochs: 0", "digits.yaml:13: training.epochs is 0, but must be at least 1.")]
    [InlineData("kind: adamw", "kind: adamw, learningRate: -1", "digits.yaml:14: training.optimizer.learningRate is -1, but must be above 0.")]
    [InlineData("kind: adamw", "kind: adamw, learningRate: .nan", "which is not a finite number")]
    [InlineData("kind: adamw", "kind: sgd, beta1: 0.5", "beta1 has no meaning for sgd")]
    [InlineData("kind: mlp", "kind: mpl", "must be one of logistic, softmax, linear, mlp, cnn, transformer, skip-gram. Did you mean mlp?")]
    [InlineData("kind: mlp", "kind: softmax", "model.hidden has no meaning for softmax")]
    [InlineData("kind: mlp\n", "kind: transformer\n", "belongs to mlp")]
    [InlineData("path: d.csv", "path: e.csv", "there is no file")]
    [InlineData("  label: label\n", "", "data.label is missing")]
    [InlineData("fraction: 0.2", "fraction: 1", "data.validation.fraction is 1, but must be at least 0 and below 1.")]
    [InlineData("version: 1", "version: 2", "version is 2, but this Granary reads version 1.")]
    [InlineData("version: 1\n", "", "version is missing")]
    [InlineData("hidden: [64, 32]", "hidden: [64, x]", "digits.yaml:5: model.hidden holds 'x'")]
    [InlineData("name: digits", "name: a b", "digits.yaml:2: name is 'a b'")]
    [InlineData("name: digits", "name: [", "this is no YAML")]
    [InlineData("name: digits", "name: digits\nname: twice", "digits.yaml:3: a key is there twice in one section: name.")]
    [InlineData("name: digits", "name: digits]", "name is 'digits]'")]
    [InlineData("name: digits\n", "--- 1\n--- 2\n", "digits.yaml:")]
    [InlineData("epochs: 3", "epochs:", "training.epochs is missing")]
    [InlineData("epochs: 3", "epochs: [3]", "digits.yaml:13: training.epochs must be a single value.")]
    [InlineData("epochs: 3", "epochs: 3\n  batch: 2.5", "digits.yaml:14: training.batch is '2.5', which is not a whole number.")]
    [InlineData("epochs: 3", "epochs: 3\n  clipNorm: -1", "training.clipNorm is -1, but must be 0 (off) or more.")]
    [InlineData("warmup: 5", "warmup: 5, floor: 1.5", "training.schedule.floor is 1.5")]
    [InlineData("warmup: 5", "gamma: 0.5", "training.schedule.gamma has no meaning for cosine")]
    [InlineData("kind: adamw", "kind: adamw, decayAll: yes", "training.optimizer.decayAll is 'yes', but must be true or false.")]
    [InlineData("hidden: [64, 32]", "hidden: 64", "digits.yaml:5: model.hidden must be a list, such as [64, 32].")]
    [InlineData("hidden: [64, 32]", "hidden: [64, 0]", "model.hidden holds '0'")]
    [InlineData("kind: mlp\n  hidden: [64, 32]\n  activation: tanh", "kind: softmax\n  loss: squared-error", "model.loss has no meaning for softmax: it belongs to linear, mlp and cnn.")]
    [InlineData("activation: tanh", "dropout: 0.1", "model.dropout has no meaning for mlp: it belongs to transformer.")]
    [InlineData("fraction: 0.2", "fraction: 0.2, path: d.csv", "data.validation has a fraction and a path")]
    [InlineData("fraction: 0.2", "labels: d.csv", "data.validation.labels has no meaning for csv: it belongs to idx.")]
    [InlineData("fraction: 0.2", "path: e.csv", "digits.yaml:11: data.validation.path: there is no file ")]
    [InlineData("format: csv\n  path: d.csv\n  label: label", "format: idx\n  path: '.'\n  labels: d.csv", "is a folder, not a file")]
    [InlineData("path: d.csv", "path: ''", "digits.yaml:9: data.path is '', which is no path.")]
    [InlineData("format: csv", "format: idx", "data.labels is missing")]
    [InlineData("format: csv", "format: text", "data.label has no meaning for text")]
    [InlineData("label: label", "label: label\n  shards: 0", "data.shards is 0, but must be at least 1.")]
    [InlineData("label: label", "label: label\n  tokens: char", "data.tokens has no meaning for csv: it belongs to text.")]
    [InlineData("label: label", "label: label\n  delimiter: ';;'", "digits.yaml:11: data.delimiter is ';;', but must be one ASCII character")]
    [InlineData("label: label", "label: label\n  delimiter: '\"'", "data.delimiter is '\"', but must be one ASCII character")]
    [InlineData("label: label", "label: label\n  delimiter: ''", "data.delimiter is '', but must be one ASCII character")]
    [InlineData("label: label", "label: label\n  delimiter: x", "data.delimiter is 'x', but must be one ASCII character")]
    [InlineData("label: label", "label: label\n  delimiter: '§'", "data.delimiter is '§', but must be one ASCII character")]
    [InlineData("label: label", "label: label\n  missing: median", "data.missing is 'median', but must be one of refuse, mean.")]
    [InlineData("label: label", "label: label\n  ignore: [\"\", {}]", "which is no name")]
    [InlineData("label: label", "label: label\n  missingValues: NA", "data.missingValues must be a list, such as [NA, \"?\", -999].")]
    [InlineData("label: label", "label: label\n  missingValues: [[NA]]", "which is no single value")]
    [InlineData("label: label", "label: label\n  target: numbers", "data.target is 'numbers', but must be one of auto, classes, number, labels.")]
    [InlineData("label: label", "label: label\n  ignore: id", "data.ignore must be a list, such as [id, comment].")]
    [InlineData("label: label", "label: label\n  ignore: [id, id]", "digits.yaml:11: data.ignore names 'id' twice.")]
    [InlineData("label: label", "label: label\n  ignore: [[id]]", "which is no name")]
    [InlineData("label: label", "label: label\n  ignore: [label]", "data.ignore names 'label', which is the label (data.label).")]
    [InlineData("format: csv\n  path: d.csv\n  label: label", "format: idx\n  path: d.csv\n  labels: d.csv\n  missing: mean", "data.missing has no meaning for idx")]
    [InlineData("label: label", "label: label\n  features: 3", "data.features has no meaning for csv: it belongs to libsvm.")]
    [InlineData("format: csv", "format: libsvm", "data.label has no meaning for libsvm")]
    [InlineData("format: csv\n  path: d.csv\n  label: label", "format: libsvm\n  path: d.csv\n  features: 0", "data.features is 0, but must be at least 1.")]
    [InlineData("format: csv", "format: parquet\n  delimiter: ';'", "data.delimiter has no meaning for parquet: it belongs to csv.")]
    [InlineData("format: csv\n  path: d.csv\n  label: label", "format: parquet\n  path: d.csv", "data.label is missing")]
    [InlineData("format: csv", "format: text\n  missing: mean", "data.label has no meaning for text: it belongs to csv and parquet.")]
    [InlineData("epochs: 3", "epochs: 3\n  earlyStopping: { figure: loss }", "digits.yaml:14: training.earlyStopping.patience is missing")]
    [InlineData("epochs: 3", "epochs: 3\n  earlyStopping: { patience: 0 }", "training.earlyStopping.patience is 0, but must be at least 1.")]
    [InlineData("epochs: 3", "epochs: 3\n  earlyStopping: { patience: 1, figure: acuracy }", "Did you mean accuracy?")]
    [InlineData("epochs: 3", "epochs: 3\n  earlyStopping: { patience: 1, minDelta: -1 }", "training.earlyStopping.minDelta is -1, but must be 0 or more.")]
    [InlineData("epochs: 3", "epochs: 3\n  keep: first", "training.keep is 'first', but must be one of last, best.")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: equal", "digits.yaml:14: training.classWeights is 'equal', but must be balanced, or weights by label")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: {}", "digits.yaml:14: training.classWeights is empty")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: [1, 2]", "training.classWeights must be a single value")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: { a: 0 }", "digits.yaml:14: training.classWeights.a is 0, but must be above 0.")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: { a: many }", "training.classWeights.a is 'many', which is not a finite number.")]
    [InlineData("epochs: 3", "epochs: 3\n  classWeights: { [a]: 1 }", "is no name")]
    [InlineData("model:\n", "modle:\n", "digits.yaml:3: modle is not a key of a job file; did you mean model?")]
    public void Mistakes_get_one_message(string part, string mistake, string message)
    {
        var e = Assert.Throws<JobException>(() => Parse(Good.Replace(part, mistake, StringComparison.Ordinal)));
        Assert.Contains(message, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void An_override_is_named_in_its_message()
    {
        var e = Assert.Throws<JobException>(() => Parse(Good, "training.batch=0"));
        Assert.Equal("--set training.batch=0: training.batch is 0, but must be at least 1.", e.Message);
    }

    [Theory]
    [InlineData("training.batch", "--set training.batch: this must be key=value, such as training.epochs=3.")]
    [InlineData("=3", "--set =3: this must be key=value, such as training.epochs=3.")]
    [InlineData("training..batch=3", "--set training..batch=3: this must be key=value, such as training.epochs=3.")]
    [InlineData("training.epoch=3", "--set training.epoch=3: training.epoch is not a key of a job file; did you mean training.epochs?")]
    [InlineData("training.batch.size=3", "--set training.batch.size=3: training.batch must be a single value.")]
    [InlineData("optimizer.kind=sgd", "--set optimizer.kind=sgd: optimizer is not a key of a job file.")]
    [InlineData("model.hidden=[1", "--set model.hidden=[1: the value is no YAML.")]
    [InlineData("model={kind: softmax, hidden: [1]}", "--set model={kind: softmax, hidden: [1]}: model.hidden has no meaning for softmax")]
    [InlineData("data.path=none.csv", "--set data.path=none.csv: data.path: there is no file ")]
    public void A_wrong_override_is_named_in_its_message(string item, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobException>(() => Parse(Good, item)).Message);

    [Fact]
    public void Paths_start_at_the_file_s_folder_and_in_overrides_at_the_current_one()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        File.WriteAllText(Path.Combine(inner, "d.csv"), "");
        Assert.Equal(Path.Combine(_folder, "d.csv"), JobFile.Parse(Good, "x.yaml", _folder, [], inner).Data.Path);
        Assert.Equal(Path.Combine(inner, "d.csv"), JobFile.Parse(Good, "x.yaml", _folder, ["data.path=d.csv"], inner).Data.Path);
    }

    [Theory]
    [InlineData("\"\\t\"", "\t")]
    [InlineData("'\\t'", "\t")]
    [InlineData("\\t", "\t")]
    [InlineData("';'", ";")]
    [InlineData("' '", " ")]
    public void A_delimiter_is_one_character(string written, string delimiter) =>
        Assert.Equal(delimiter, Parse(Good.Replace("label: label", $"label: label\n  delimiter: {written}", StringComparison.Ordinal)).Data.Delimiter);

    [Fact]
    public void Csv_files_can_be_a_glob_too() => Assert.Equal(Path.Combine(_folder, "?.csv"), Parse(Good, "data.path=?.csv").Data.Path);

    [Theory]
    [InlineData(".")]
    [InlineData("./")]
    public void Files_can_be_given_as_their_folder(string path)
    {
        Assert.Equal(_folder, Parse(Good, $"data.path={path}").Data.Path);
        Assert.Equal(_folder, Parse(Good, $"data.validation={{path: {path}}}").Data.Validation.Path);
        Directory.CreateDirectory(Path.Combine(_folder, "none"));
        Assert.Equal($"--set data.path=none: data.path: there are no files in the folder {Path.Combine(_folder, "none")}.", Error(Good, "data.path=none"));
    }

    [Fact]
    public void A_glob_needs_no_quotes_in_an_override()
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        const string Text = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: '*.txt' }\ntraining: { epochs: 1 }\n";
        Assert.Equal(Path.Combine(_folder, "**/*.txt"), Parse(Text, "data.path=**/*.txt").Data.Path);
        var e = Assert.Throws<JobException>(() => Parse(Text, "data.path=*.md"));
        Assert.StartsWith("--set data.path=*.md: data.path: no file matches ", e.Message);
    }

    [Theory]
    [InlineData("", "digits.yaml:1: the job file is empty.")]
    [InlineData("# nothing\n", "digits.yaml:1: the job file is empty.")]
    [InlineData("- a\n", "digits.yaml:1: a job file is a mapping of keys to values; this is not.")]
    [InlineData("a: 1\n---\nb: 1\n", "digits.yaml:3: there are several documents")]
    [InlineData("a: 1\n  b: 2\n", "digits.yaml:2: this is no YAML")]
    public void What_is_no_job_file_is_refused(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobException>(() => Parse(text)).Message);

    [Fact]
    public void A_key_without_a_value_is_a_key_left_out()
    {
        var job = Parse(Good.Replace("name: digits", "name:", StringComparison.Ordinal).Replace("{ kind: adamw }", "~", StringComparison.Ordinal));
        Assert.Equal("digits", job.Name);
        Assert.Equal(OptimizerKind.Sgd, job.Training.Optimizer.Kind);
    }

    [Fact]
    public void Weights_start_from_a_file_that_must_be_there()
    {
        Assert.Null(Parse(Good).Model.Init);
        Assert.Equal(Path.Combine(_folder, "d.csv"), Parse(Good, "model.init=d.csv").Model.Init);
        Assert.Equal($"--set model.init=none.safetensors: model.init: there is no file {Path.Combine(_folder, "none.safetensors")}.", Error(Good, "model.init=none.safetensors"));
        Assert.Contains("is a folder, not a file", Error(Good, "model.init=."));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "run")).FullName, "model.safetensors"), "");
        Assert.Equal(Path.Combine(_folder, "run/model.safetensors"), Parse(Good, "model.init=run").Model.Init); // a run's output folder
        Assert.Contains("digits.yaml:4: model.init is '', which is no path.", Error(Good.Replace("kind: mlp", "init: ''\n  kind: mlp", StringComparison.Ordinal)));
    }

    private string Error(string text, params string[] overrides) => Assert.Throws<JobException>(() => Parse(text, overrides)).Message;

    [Fact]
    public void A_folder_is_not_a_job_file()
    {
        Assert.Contains("this is a folder", Assert.Throws<JobException>(() => JobFile.Load(_folder, [], "/")).Message);
        Assert.Throws<JobException>(() => JobFile.Load("", [], "/"));
    }

    [Fact]
    public void Classes_can_be_weighted()
    {
        Assert.Null(Parse(Good).Training.ClassWeights);
        Assert.Equal(new ClassWeights(), Parse(Good, "training.classWeights=balanced").Training.ClassWeights);
        var weights = Parse(Good, "training.classWeights={1: 2.5, b: 1}").Training.ClassWeights!.ByLabel!;
        Assert.Equal([("1", 2.5), ("b", 1)], weights.Select(w => (w.Key, w.Value)).Order());
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        const string Text = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: t.txt }\ntraining: { epochs: 1, classWeights: balanced }\n";
        Assert.StartsWith("digits.yaml:4: training.classWeights has no meaning for text", Assert.Throws<JobException>(() => Parse(Text)).Message);
    }

    [Fact]
    public void Heads_must_divide_the_width()
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        const string Text = "version: 1\nmodel: { kind: transformer, width: 10, heads: 3 }\ndata: { format: text, path: t.txt }\ntraining: { epochs: 1 }\n";
        Assert.Contains("model.width is 10, which 3 heads do not divide", Assert.Throws<JobException>(() => Parse(Text)).Message);
        Assert.Equal(7, Parse(Text, "model.keyWidth=7").Model.HeadWidth());
        Assert.Equal("digits", Parse(Text.Replace("3 }", "5 }", StringComparison.Ordinal)).Name);
    }

    [Theory]
    [InlineData("keyWidth=0", "model.keyWidth is 0, but must be at least 1.")]
    [InlineData("keyWidth=1000000", "4096 heads of 1000000 numbers each are more than a matrix can hold. Set a smaller model.keyWidth")]
    [InlineData("dropout=1", "model.dropout is 1, but must be at least 0 and below 1.")]
    [InlineData("dropout=-0.1", "model.dropout is -0.1, but must be at least 0 and below 1.")]
    [InlineData("layerNorm=off", "model.layerNorm is 'off', but must be true or false.")]
    [InlineData("biases=0", "model.biases is '0', but must be true or false.")]
    [InlineData("tiedUnembeding=true", "model.tiedUnembeding is not a key of a job file; did you mean model.tiedUnembedding?")]
    public void A_transformer_s_options_are_checked(string item, string message)
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        const string Text = "version: 1\nmodel: { kind: transformer, width: 4096, heads: 4096 }\ndata: { format: text, path: t.txt }\ntraining: { epochs: 1 }\n";
        Assert.StartsWith($"--set model.{item}: {message}", Assert.Throws<JobException>(() => Parse(Text, $"model.{item}")).Message);
    }

    private Job ParseWords(params string[] overrides)
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        return Parse("version: 1\nmodel: { kind: skip-gram }\ndata: { format: text, path: t.txt, tokens: word }\ntraining: { epochs: 1 }\n", overrides);
    }

    [Fact]
    public void A_skip_gram_has_keys_of_its_own()
    {
        Assert.Equal((128, 5, 0, 5), Keys(ParseWords()));
        Assert.Equal((50, 2, 15, 1), Keys(ParseWords("model.width=50", "model.window=2", "model.negatives=15", "data.minCount=1")));
        Assert.Equal(TokenKind.Whitespace, ParseWords("data.tokens=whitespace").Data.Tokens);

        static (int, int, int, int) Keys(Job job) => (job.Model.Width, job.Model.Window, job.Model.Negatives, job.Data.MinCount);
    }

    [Theory]
    [InlineData("model.window=0", "model.window is 0, but must be at least 1.")]
    [InlineData("model.negatives=-1", "model.negatives is -1, but must be at least 0.")]
    [InlineData("data.minCount=0", "data.minCount is 0, but must be at least 1.")]
    [InlineData("model.context=8", "model.context has no meaning for skip-gram: it belongs to transformer.")]
    [InlineData("model.hidden=[3]", "model.hidden has no meaning for skip-gram: it belongs to mlp and cnn.")]
    [InlineData("data.tokens=char", "data.tokens is char, but a skip-gram learns from words: set data.tokens to word or whitespace.")]
    [InlineData("model.kind=transformer", "data.tokens is word, which a skip-gram learns from: a transformer needs char, byte or bpe.")]
    [InlineData("data={format: csv, path: d.csv, label: label}", "model.kind is skip-gram, which learns from text: set data.format to text.")]
    [InlineData("model.kind=softmax", "data.format is text, which a transformer and a skip-gram learn from: softmax needs csv, idx, images, libsvm or parquet.")]
    public void A_skip_gram_s_keys_are_checked(string item, string message) =>
        Assert.EndsWith($": {message}", Assert.Throws<JobException>(() => ParseWords(item)).Message);

    [Theory]
    [InlineData("data.tokens is bpe, which needs a vocabulary: either data.encoding (o200k-base or cl100k-base), or data.vocab and data.merges.")]
    [InlineData("data.tokens is bpe, which needs a vocabulary: either", "data.encoding=o200k-base", "data.vocab=t.txt", "data.merges=t.txt")]
    [InlineData("data.vocab and data.merges go together: a vocabulary of byte pairs is two files.", "data.vocab=t.txt")]
    [InlineData("data.encoding is 'o200k', but must be one of o200k-base, cl100k-base.", "data.encoding=o200k")]
    [InlineData("data.merges: there is no file ", "data.merges=no.txt")]
    [InlineData("data.encoding belongs to texts of byte pairs: set data.tokens to bpe, or leave it out.", "data.encoding=cl100k-base", "data.tokens=char")]
    [InlineData("data.tokens is bpe, but a skip-gram learns from words", "data.encoding=cl100k-base", "model.kind=skip-gram")]
    public void Byte_pairs_need_one_vocabulary(string message, params string[] overrides) => Assert.Contains(
        message, Assert.Throws<JobException>(() => ParseWords(["model.kind=transformer", "data.tokens=bpe", .. overrides])).Message);

    [Fact]
    public void A_minimum_count_belongs_to_words()
    {
        var e = Assert.Throws<JobException>(() => ParseWords("model.kind=transformer", "data.tokens=char", "data.minCount=3"));
        Assert.EndsWith(": data.minCount has no meaning for char: it belongs to texts of words (data.tokens).", e.Message);
        e = Assert.Throws<JobException>(() => Parse(Good, "data.minCount=3"));
        Assert.EndsWith(": data.minCount has no meaning for csv: it belongs to texts of words (data.tokens).", e.Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere.yaml", Assert.Throws<JobException>(() => JobFile.Load("/nowhere.yaml", [], "/")).Message);
}
