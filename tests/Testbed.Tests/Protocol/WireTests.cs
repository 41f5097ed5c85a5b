using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Testbed.Protocol;

namespace Testbed.Tests.Protocol;

public class WireTests
{
    public static TheoryData<Type> Kinds => [.. Wire.MessageTypes];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_message_comes_back_as_it_was_sent(Type kind)
    {
        var message = Filled(kind);

        var back = Wire.Read(Wire.Write(message), Wire.ManifestOf(message));

        Assert.Equal(message, back);
        Assert.NotSame(message, back);
    }

    [Fact]
    public void Names_on_the_wire_are_short_and_distinct()
    {
        var manifests = Wire.MessageTypes.Select(t => Wire.ManifestOf(Filled(t))).ToList();

        Assert.Equal(manifests.Count, manifests.Distinct().Count());
        Assert.All(manifests, m => Assert.InRange(m.Length, 1, 8));
    }

    [Fact]
    public void Every_message_of_the_two_protocol_files_may_cross_except_parts_of_others()
    {
        var messages = CableReflection.Descriptor.MessageTypes.Concat(ControlReflection.Descriptor.MessageTypes).Select(d => d.ClrType);

        Assert.Equal(
            messages.Except([typeof(Announcement), typeof(Mark), typeof(Silence), typeof(RecordingRequest), typeof(TimelineShare)]).OrderBy(t => t.Name),
            Wire.MessageTypes.OrderBy(t => t.Name));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("System.Diagnostics.Process, System.Diagnostics.Process")]
    public void An_unknown_name_is_refused(string? manifest)
    {
        var e = Assert.Throws<WireFormatException>(() => Wire.Read([], manifest));

        Assert.Contains("unknown kind", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_stranger_sent_is_not_repeated_raw_or_at_length()
    {
        var e = Assert.Throws<WireFormatException>(() => Wire.Read([], "\u001b[2J" + new string('a', 10_000)));

        Assert.DoesNotContain('\u001b', e.Message);
        Assert.InRange(e.Message.Length, 1, 120);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void More_bytes_than_a_kind_may_have_are_refused_unparsed(Type kind)
    {
        var message = Filled(kind);
        var garbage = new byte[Wire.LimitBytesOf(message) + 1];

        var e = Assert.Throws<WireFormatException>(() => Wire.Read(garbage, Wire.ManifestOf(message)));

        Assert.Contains("allowed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_too_large_is_not_written()
    {
        var batch = new CableBatch();
        batch.Announcements.Add(new Announcement { Frame = ByteString.CopyFrom(new byte[Wire.BatchLimitBytes]) });

        Assert.Throws<WireFormatException>(() => Wire.Write(batch));
    }

    [Fact]
    public void Only_messages_of_the_protocol_are_written() =>
        Assert.Throws<WireFormatException>(() => Wire.Write("a string"));

    [Fact]
    public void Garbage_is_either_a_message_or_refused_and_nothing_else()
    {
        var manifests = Wire.MessageTypes.Select(t => Wire.ManifestOf(Filled(t))).ToArray();
        Gen.Select(Gen.Int[0, manifests.Length - 1].Select(i => manifests[i]), Gen.Byte.Array[0, 300]).Sample((manifest, bytes) => ReadsOrRefuses(bytes, manifest), iter: 20_000);
    }

    [Fact]
    public void A_damaged_message_is_either_a_message_or_refused_and_nothing_else()
    {
        var written = Wire.MessageTypes.Select(Filled).Select(m => (Wire.ManifestOf(m), Wire.Write(m))).ToArray();
        Gen.Select(Gen.Int[0, written.Length - 1].Select(i => written[i]), Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 10_000]).Sample(
            (message, at, value, cut) =>
            {
                var bytes = message.Item2.Take(cut % (message.Item2.Length + 1)).ToArray();
                if (bytes.Length > 0)
                    bytes[at % bytes.Length] ^= value;
                ReadsOrRefuses(bytes, message.Item1);
            },
            iter: 20_000);
    }

    /// <summary>A message with every field set to something that is not its default.</summary>
    internal static IMessage Filled(Type type)
    {
        var message = (IMessage)Activator.CreateInstance(type)!;
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = Value(field);
            if (field.IsRepeated)
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            else
                field.Accessor.SetValue(message, value);
        }

        return message;
    }

    private static object Value(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => $"{field.Name} \"é\n",
        FieldType.Int32 => int.MaxValue - field.FieldNumber,
        FieldType.Fixed32 => uint.MaxValue - (uint)field.FieldNumber,
        FieldType.Int64 => long.MaxValue - field.FieldNumber,
        FieldType.Bytes => ByteString.CopyFrom([0, 255, (byte)field.FieldNumber]),
        FieldType.Bool => true,
        FieldType.Enum => 1,
        FieldType.Message => Filled(field.MessageType.ClrType),
        _ => throw new NotSupportedException(field.FieldType.ToString()),
    };

    private static void ReadsOrRefuses(byte[] bytes, string manifest)
    {
        try
        {
            Assert.NotNull(Wire.Read(bytes, manifest));
        }
        catch (WireFormatException)
        {
            // As it should.
        }
    }
}
