using CsCheck;
using Testbed.Node.Configuration;

namespace Testbed.Tests.Configuration;

public class HoconTextTests
{
    private static readonly string[] Awkward =
        ["", "null", "true", "100 Mb/s", "15 %", "http://x", "include \"x\"", " a", "a ", "a  b", "1e-3", "\"\"\"", "required"];

    [Fact]
    public void Objects_become_paths_in_ordinal_order_and_units_stay_as_written()
    {
        var settings = HoconText.Parse("b { rate = 100 Mb/s // fast\n list = [1 us, \"x, y\"] }\na.c = 15 % # so\n", "f.conf");
        Assert.Equal(["a.c", "b.list", "b.rate"], settings.Keys);
        Assert.Equal("15 %", settings["a.c"].Text);
        Assert.Equal("100 Mb/s", settings["b.rate"].Text);
        Assert.Equal(["1 us", "x, y"], settings["b.list"].Items);
        Assert.Equal("f.conf", settings["a.c"].Source);
    }

    [Theory]
    [InlineData("a {\n b = 1\n", "f.conf:1: '{' is never closed")]
    [InlineData("a = 1\n}\n", "f.conf:2: '}' closes nothing")]
    [InlineData("a = [1,\n 2\n", "f.conf:1: '[' is never closed")]
    [InlineData("a {\n b = [1 }\n", "f.conf:2: '}' where ']' should close the '[' of line 2")]
    [InlineData("\na = \"x\nb = 2", "f.conf:2: a quote")]
    [InlineData("a = \"\"\"x\n\"\"", "f.conf:1: the quote \"\"\" is never closed")]
    [InlineData("{ a = 1 }\nb = 2", "f.conf:2: text after the closing '}'")]
    public void What_is_not_closed_is_refused_with_its_line(string text, string expected) => AssertRefused(text, expected);

    [Theory]
    [InlineData("b = 1\na { c { d = 1 }, e = 2 }", "f.conf:2: is not HOCON that this program reads, at \", e = 2 }\"")]
    [InlineData("a", "f.conf: a: has no value")]
    [InlineData("a = [[1]]", "f.conf: a: a list may hold only plain values")]
    [InlineData("b = 1\na = [{ c = 1 }]", "f.conf:2: '{' stands in a list")]
    [InlineData("a = [00:11]", "f.conf:1: ':' stands in a list; a list holds plain values: quote it")]
    [InlineData("a = b[1]", "f.conf: a: is a list and a text in one")]
    [InlineData("a = [1] [2]", "f.conf: a: is a list and a text in one")]
    [InlineData("a b = 1", "f.conf: a b: is no key")]
    [InlineData("b = 1\na = ${a}", "f.conf:2: substitutions (${…}) are not supported")]
    [InlineData("[1]", "f.conf: 1: has no value")]
    [InlineData("a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "f.conf:1: is nested more than 32 deep")]
    [InlineData("include \"x\"", "f.conf: is not HOCON that this program reads ('include' is not supported)")]
    [InlineData("a = 00:11", "f.conf: is not HOCON: Could not parse an unquoted text")]
    [InlineData("a = ", "f.conf: a: has no value")]
    [InlineData("a =", "f.conf:1: is not HOCON that this program reads, at \"=\"")]
    public void What_is_no_setting_is_refused(string text, string expected) => AssertRefused(text, expected);

    [Fact]
    public void Braces_in_comments_and_quotes_do_not_count()
    {
        var settings = HoconText.Parse("# { [ \"\na = \"}\" // ]\nb = \"\"\"{\n\"\"\"\n{ c = 1 }", "f.conf");
        Assert.Equal("}", settings["a"].Text);
    }

    [Fact]
    public void Nothing_and_blanks_hold_no_settings()
    {
        Assert.Empty(HoconText.Parse("", "f.conf"));
        Assert.Empty(HoconText.Parse(" \n# nothing\n", "f.conf"));
    }

    [Fact]
    public void Any_text_is_parsed_or_refused_in_one_line() =>
        Gen.String[Gen.Char["ab.=:{}[]\"\\,# /\n\t$&+1%"], 0, 30].Sample(text =>
        {
            try
            {
                HoconText.Parse(text, "f.conf");
            }
            catch (ConfigurationException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                Assert.StartsWith("f.conf", e.Message, StringComparison.Ordinal);
            }
        }, iter: 20_000);

    [Fact]
    public void Canonical_text_is_parsed_to_the_same_settings_and_written_again_is_the_same_text()
    {
        var key = Gen.Select(Gen.String[Gen.Char["abc-_1"], 1, 4], Gen.Int[0, 99], (name, n) => $"s{n}.{name}");
        var value = Gen.OneOf(
            Gen.String,
            Gen.String[Gen.Char["ab1 ./%-_\"\\\n\t\r\u0001#{}[]$=:,µ*"], 0, 12],
            Gen.Int[0, Awkward.Length - 1].Select(i => Awkward[i]));
        var setting = Gen.Select(key, value, value.Array[0, 3], Gen.Bool, (k, text, items, list) =>
            list ? Setting.List(k, items, "f.conf") : Setting.Scalar(k, text, "f.conf"));
        setting.List[0, 12].Sample(list =>
        {
            var settings = list.DistinctBy(s => s.Key).OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
            var text = CanonicalHocon.Write(settings);
            var read = HoconText.Parse(text, "canonical").Values.ToList();
            Assert.Equal(settings.Count, read.Count);
            Assert.All(settings.Zip(read), pair => Assert.True(pair.First.SameAs(pair.Second), $"{text}\n{pair.Second.Describe()}"));
            Assert.Equal(text, CanonicalHocon.Write(read));
        }, iter: 5_000);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_person_s_mistake() =>
        Assert.Contains(
            "f.conf: cannot be read",
            Assert.Throws<ConfigurationException>(() => HoconText.ParseFile("/nowhere/f.conf", "f.conf")).Message,
            StringComparison.Ordinal);

    private static void AssertRefused(string text, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => HoconText.Parse(text, "f.conf")).Message;
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
