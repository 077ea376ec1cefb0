using CsCheck;
using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The layouts of descriptors, records and registers, compared with bytes that are written by hand from the documentation.</summary>
public sealed class DmaLayoutTests
{
    [Fact]
    public void Descriptor_has_the_documented_bytes()
    {
        byte[] bytes = new byte[64];
        new DmaDescriptor
        {
            Pasid = new(0xABCDE),
            IsPrivileged = true,
            Operation = DmaOperation.MoveBetween,
            Flags = DmaDescriptorFlags.RequestCompletion | DmaDescriptorFlags.Fence,
            InterruptEntry = 0x0102,
            CompletionRecord = 0x1122_3344_5566_7780,
            Source = 0x0807_0605_0403_0201,
            Destination = 0x1817_1615_1413_1211,
            Length = 0x2423_2221,
            DestinationPasid = new(0x54321),
            Operand = 0x3837_3635_3433_3231,
        }.WriteBytes(bytes);

        Assert.Equal(
            "DEBC0A8006090201807766554433221101020304050607081112131415161718212223242143050031323334353637380000000000000000"
            + "0000000000000000",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void Record_has_the_documented_bytes()
    {
        byte[] bytes = new byte[32];
        new DmaCompletionRecord
        {
            Status = DmaStatus.PageFault,
            Result = 1,
            BytesCompleted = 0x0403_0201,
            FaultAddress = 0x1817_1615_1413_1211,
            Value = 0x2827_2625_2423_2221,
        }.WriteBytes(bytes);

        Assert.Equal("0201000001020304111213141516171821222324252627280000000000000000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Registers_have_the_documented_fields()
    {
        Assert.Equal<ulong>(0x0010_0402UL, new DmaEngineCapabilities { Queues = 2, Engines = 4, QueueDepth = 16 }.Bits);
        Assert.Equal<ulong>(0x0005_4321_0000_0002UL, new DmaEngineCommand { Code = DmaEngineCommandCode.AbortPasid, Pasid = new(0x54321) }.Bits);
        Assert.Equal<ulong>(3UL, new DmaEngineCommandStatus { IsActive = true, IsRefused = true }.Bits);
        Assert.Equal<ulong>(
            0x0005_4321_8003_0203UL,
            new DmaEngineError { IsValid = true, Overflow = true, Status = DmaStatus.PageFault, Queue = 3, HasPasid = true, Pasid = new(0x54321) }.Bits);
        Assert.Equal<ulong>(
            0x0005_4321_0000_003FUL,
            new DmaQueueConfiguration
            {
                IsEnabled = true, IsShared = true, PasidEnabled = true, MayBlockOnFault = true, MayNamePasid = true, IsPrivileged = true, Pasid = new(0x54321),
            }.Bits);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DmaEngineCommand { Code = (DmaEngineCommandCode)0x100 });
    }

    [Fact]
    public void Decoding_reverses_encoding()
    {
        Gen.Byte.Array[64].Sample(bytes =>
        {
            DmaDescriptor descriptor = DmaDescriptor.FromBytes(bytes);
            byte[] again = new byte[64];
            descriptor.WriteBytes(again);
            return DmaDescriptor.FromBytes(again) == descriptor;
        });
        Gen.Byte.Array[32].Sample(bytes =>
        {
            DmaCompletionRecord record = DmaCompletionRecord.FromBytes(bytes);
            byte[] again = new byte[32];
            record.WriteBytes(again);
            return DmaCompletionRecord.FromBytes(again) == record;
        });
    }
}
