namespace Granary.Jobs;

/// <summary>The job file's <c>data</c> section.</summary>
internal static class DataKeys
{
    private static readonly Belonging Text = Takes("tokens");

    private static readonly Belonging BytePairs = Text.And(
        Kinds.Tokens.Only(TokenKind.Bpe), (key, _) => $"{key} belongs to texts of byte pairs: set data.tokens to bpe, or leave it out.", "tokens: bpe");

    private static readonly Belonging Windows = Text.And(
        Kinds.Tokens.Only(TokenKind.Char, TokenKind.Byte, TokenKind.Bpe),
        (key, job) => Text.Holds(job) ? $"{key} belongs to windows of text (data.tokens: char, byte or bpe): take it out." : Text.Refusal(key, job),
        "tokens: char, byte, bpe");

    private static readonly Belonging Words = Text.And(
        Kinds.Tokens.Only(TokenKind.Word, TokenKind.Whitespace),
        (key, job) => $"{key} has no meaning for {(Text.Holds(job) ? Kebab.Name(job.Data.Tokens) : job.Data.Format)}: it belongs to texts of words (data.tokens).",
        "tokens: word, whitespace");

    private static readonly Belonging Vocabularies = Text.And(
        Kinds.Tokens.Only(TokenKind.Char, TokenKind.Word, TokenKind.Whitespace), NoVocabulary, "tokens: char, word, whitespace");

    private static readonly Belonging Classes = Kinds.Labelled.And(Kinds.Target.AllBut(LabelTarget.Number, LabelTarget.Labels), NoClasses, "not text, not target: number, labels");

    private static readonly Belonging OneLabel = Takes("label").And(Kinds.Target.AllBut(LabelTarget.Labels), NoLabel, "csv, parquet; not target: labels");

    private static readonly Belonging SeveralLabels = Takes("label").And(
        Kinds.Target.Only(LabelTarget.Labels),
        (key, job) => Takes("label").Holds(job) ? $"{key} belongs to rows of several labels: set data.target to labels, or take it out." : Takes("label").Refusal(key, job), "target: labels");

    private static readonly Belonging Numbers = Kinds.Labelled.And(
        Kinds.Target.Only(LabelTarget.Number), (key, _) => $"{key} belongs to targets that are numbers: set data.target to number, or take it out.", "target: number");

    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<DataSection> data) => data.Section(
        "what it is trained on",
        data.Key("format", d => d.Format, (d, v) => d with { Format = v },
            new NameOfKind([.. FormatKinds.BuiltIn.Select(d => d.Format)], () => FormatKinds.Own, "../how-to/own-formats.md"), "[how the source is written](data-formats.md)")
            .Needed(),
        data.Key("path", d => d.Path, (d, v) => d with { Path = v! }, NamedFile.Source, "relative to the job file; `~` is the home folder")
            .Needed(),
        data.Key("labels", d => d.Labels, (d, v) => d with { Labels = v }, NamedFile.One, "the labels' file")
            .For(Takes("labels")).Needed(),
        data.Key("target", d => d.Target, (d, v) => d with { Target = v }, new Choice<LabelTarget>(),
            "auto takes classes, and refuses labels that are a quantity or names of rows; classes takes any; number takes numbers, for a regression; labels takes several columns, each a label that a row has or has not")
            .For(Kinds.Labelled),
        data.Key("label", d => d.Label, (d, v) => d with { Label = v }, new FreeText(), "the label's column")
            .For(OneLabel).Needed(),
        data.Key("labelColumns", d => d.LabelColumns ?? [], (d, v) => d with { LabelColumns = v.Count == 0 ? null : v }, new ColumnNames(),
            "two columns or more, one for each label: [1 where a row has it, else 0](../how-to/train.md#several-labels-for-a-row)")
            .For(SeveralLabels).Needed(),
        data.Key("weight", d => d.Weight, (d, v) => d with { Weight = v }, new FreeText(), "the column that says [what each row weighs](../how-to/train.md#rows-that-weigh-more)")
            .For(Takes("weight")).DefaultIs("every row weighs 1"),
        data.Key("delimiter", d => d.Delimiter, (d, v) => d with { Delimiter = v }, new Delimiter(), "between cells")
            .For(Takes("delimiter")),
        data.Key("missing", d => d.Missing, (d, v) => d with { Missing = v }, new Choice<MissingValues>(),
            "a feature's missing value is an error, or becomes the training part's mean")
            .For(Takes("missing")),
        data.Key("missingValues", d => d.MissingSpellings, (d, v) => d with { MissingSpellings = v }, new Spellings(),
            "what stands for a missing value, beside an empty cell or null")
            .For(Takes("missingValues")).DefaultIs("pandas' list and `?`, as in the example above"),
        data.Key("ignore", d => d.Ignore, (d, v) => d with { Ignore = v }, new ColumnNames(), "columns that are neither label nor feature")
            .For(Takes("ignore")).DefaultIs("none"),
        data.Key("columns", d => d.Columns, (d, v) => d with { Columns = v }, new ColumnDescriptions(),
            "what columns are, and how they become features; a column that is not named is numeric")
            .For(Takes("columns")).DefaultIs("every column is a number and a feature as it is"),
        data.Key("cache", d => d.Cache, (d, v) => d with { Cache = v }, new TrueOrFalse(), "keeps the rows as numbers in `.granary-cache/` beside the file")
            .For(Takes("cache")),
        data.Key("features", d => d.Features, (d, v) => d with { Features = v }, new OrNothing<int>(new WholeNumber(1, 1 << 28)), "number of features")
            .For(Takes("features")).DefaultIs("the greatest index"),
        data.Key("height", d => d.Height, (d, v) => d with { Height = v }, new OrNothing<int>(new WholeNumber(1, 1 << 14)), "the height that images are resized to; it goes with `width`")
            .For(Takes("height")).DefaultIs("that of the first image, which all must have"),
        data.Key("width", d => d.Width, (d, v) => d with { Width = v }, new OrNothing<int>(new WholeNumber(1, 1 << 14)), "the width that images are resized to")
            .For(Takes("width")).DefaultIs("likewise"),
        data.Key("channels", d => d.Channels, (d, v) => d with { Channels = v }, new OrNothing<int>(new OneOfNumbers(1, 3)), "1: images become grey; 3: red, green and blue")
            .For(Takes("channels")).DefaultIs("3"),
        data.Key("standardize", d => d.Standardize, (d, v) => d with { Standardize = v }, new TrueOrFalse(), "mean 0 and deviation 1 over the training part")
            .For(Kinds.Labelled),
        data.Key("standardizeTarget", d => d.StandardizeTarget, (d, v) => d with { StandardizeTarget = v }, new TrueOrFalse(),
            "trains on a target of mean 0 and deviation 1 over the training part; predictions and figures stay in its own units")
            .For(Numbers).Only(Kinds.Loss.Only(Loss.Poisson), false, "is {0}, but model.loss is poisson, whose targets are counts from 0 on: set it to false, or take it out."),
        data.Key("options", d => d.Options, (d, v) => d with { Options = v }, new OptionList(), "options of the format; one that it never reads is refused")
            .For(Kinds.Format.Own(format => FormatKinds.Of(format).Takes("options"), "formats")),
        data.Key("tokens", d => d.Tokens, (d, v) => d with { Tokens = v }, new Choice<TokenKind>(),
            "what a token is: char, byte and bpe for a transformer, word and whitespace for a skip-gram")
            .For(Takes("tokens")),
        data.Key("encoding", d => d.Encoding, (d, v) => d with { Encoding = v }, new OrNothing<TokenEncoding>(new Choice<TokenEncoding>()),
            "an encoding by name; this, or `vocab` and `merges`")
            .For(BytePairs),
        data.Key("vocab", d => d.Vocab, (d, v) => d with { Vocab = v }, NamedFile.One, "a vocabulary of byte pairs: GPT-2's vocab.json")
            .For(BytePairs),
        data.Key("merges", d => d.Merges, (d, v) => d with { Merges = v }, NamedFile.One, "its merges.txt")
            .For(BytePairs),
        data.Key("vocabulary", d => d.Vocabulary, (d, v) => d with { Vocabulary = v }, NamedFile.SavedModel, "keeps a trained model's vocabulary")
            .For(Vocabularies).DefaultIs("that of the text"),
        data.Key("minCount", d => d.MinCount, (d, v) => d with { MinCount = v }, new WholeNumber(1), "rarer words are `<unk>`; not beside `vocabulary`")
            .For(Words).Written(j => j.Data.Vocabulary is null),
        data.Key("windows", d => d.Windows, (d, v) => d with { Windows = v }, new Choice<TextWindows>(),
            "tiled: every token once an epoch, in windows side by side; random: windows that start anywhere, drawn by seed")
            .For(Windows).Only(Kinds.LineSearch, TextWindows.Tiled, "is {0}, but lbfgs compares passes over the same examples with each other: set it to tiled, or take it out."),
        data.Key("shards", d => d.Shards, (d, v) => d with { Shards = v }, new WholeNumber(1, 1 << 16),
            "V, the parts that the training data is cut into; silos beyond V stand by"),
        Validation(data.Inner("validation", d => d.Validation, (d, v) => d with { Validation = v })));

    private static JobSection Validation(Lens<ValidationSection> validation) => validation.Section(
        "the held-out examples",
        validation.Key("fraction", v => v.Fraction, (v, f) => v with { Fraction = f }, RealNumber.Share,
            "held out by seed; text holds out one contiguous run per shard")
            .Written(j => j.Data.Validation is { Path: null, Fold: null }),
        validation.Key("from", v => v.From, (v, f) => v with { From = f }, new Choice<HeldOutPlace>(),
            "where the fraction is: anywhere, by seed (text: one run per shard); or at the source's end, its last rows or tokens")
            .Written(j => j.Data.Validation.Path is null && (j.Data.IsText || j.Data.Validation.From == HeldOutPlace.End)),
        validation.Key("time", v => v.Time, (v, t) => v with { Time = t }, new FreeText(),
            "a column of numbers or dates: the fraction is the latest rows by it; those of one time stay together. It is no feature unless `columns` names it")
            .For(Takes("validation.time")),
        validation.Key("group", v => v.Group, (v, g) => v with { Group = g }, new FreeText(),
            "a column that names each row's group: a group is held out as a whole, by seed and name. It is no feature")
            .For(Takes("validation.group")),
        validation.Key("stratified", v => v.Stratified, (v, s) => v with { Stratified = s }, new TrueOrFalse(),
            "holds out the fraction of each class, to one row")
            .For(Classes).Written(j => j.Data.Validation.Stratified),
        validation.Key("fold", v => v.Fold, (v, f) => v with { Fold = f }, new FoldOfFolds(),
            "holds out one of k folds of the rows instead of a fraction: what `granary cv` sets")
            .For(Kinds.Labelled),
        validation.Key("path", v => v.Path, (v, p) => v with { Path = p }, NamedFile.Source, "a held-out source of its own; this or the fraction"),
        validation.Key("labels", v => v.Labels, (v, l) => v with { Labels = l }, NamedFile.One, "its labels' file, which idx needs")
            .For(Takes("labels")),
        validation.Key("threshold", v => v.Threshold, (v, t) => v with { Threshold = t }, new Threshold(),
            "two classes: what the threshold on the second one's probability is chosen by, on the held-out examples; the model keeps it, and `predict` goes by it")
            .For(Classes).DefaultIs("0.5"));

    // The formats whose descriptions name the key.
    private static Belonging Takes(string key) => Kinds.Format.Where(format => FormatKinds.Of(format).Takes(key), format => !FormatKinds.IsKnown(format));

    private static string NoClasses(string key, Job job) => job.Data.HasNumbers
        ? $"{key} has no meaning where data.target is number: there are no classes. Take it out."
        : job.Data.IsMultiLabel ? $"{key} has no meaning where data.target is labels: it tells two classes apart. Take it out."
        : Kinds.Labelled.Refusal(key, job);

    private static string NoLabel(string key, Job job) => job.Data.IsMultiLabel && Takes("label").Holds(job)
        ? $"{key} has no meaning where data.target is labels: name the labels' columns in data.labelColumns, or take data.target out."
        : Takes("label").Refusal(key, job);

    private static string NoVocabulary(string key, Job job) => Text.Holds(job)
        ? $"{key} has no meaning for tokens of kind {Kebab.Name(job.Data.Tokens)}, whose vocabulary does not depend on the text"
            + (job.Data.Tokens == TokenKind.Bpe ? ": give the model's own data.encoding, or data.vocab and data.merges." : ": leave it out.")
        : Text.Refusal(key, job);
}
