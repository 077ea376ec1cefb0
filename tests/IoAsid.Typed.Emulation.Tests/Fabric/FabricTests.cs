using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>What the fabric carries, and what becomes of what nobody is there for.</summary>
public sealed class FabricTests
{
    [Fact]
    public void Answers_come_back_with_their_tag()
    {
        FabricBench bench = new(3);
        bench.Memory.WriteUInt64(0x1000, 0x1122_3344_5566_7788);
        bench.Port.Read(7, FabricBench.Request(DmaAccess.Read), 8);
        bench.Port.Atomic(8, FabricBench.Request(DmaAccess.Atomic, 0x2000), AtomicOperation.FetchAdd, 8, 5, 0);
        bench.Port.Read(9, FabricBench.Request(DmaAccess.Read, 0x100_0000), 8);
        bench.SendUp("translate", 10);
        bench.Scheduler.Run();

        Assert.Equal(
            ["atomic 8 Success 0", "read 7 Success", "read 9 UnsupportedRequest", "translate 10 Success"], bench.Endpoint.Arrived.Order());
        Assert.Equal(0x10_A000UL, bench.Endpoint.LastTranslation.Address);
        Assert.Equal(5UL, bench.Memory.ReadUInt64(0x2000));
    }

    [Fact]
    public void What_is_read_is_what_is_there_when_the_request_arrives()
    {
        FabricBench bench = new(0);
        bench.Port.Read(7, FabricBench.Request(DmaAccess.Read), 4);
        bench.Memory.WriteUInt32(0x1000, 0x0403_0201);
        bench.Scheduler.Run();

        Assert.Equal([1, 2, 3, 4], bench.Endpoint.LastRead);
    }

    [Fact]
    public void What_a_writer_changes_after_sending_is_not_sent()
    {
        FabricBench bench = new(0);
        byte[] data = [1, 2, 3, 4];
        bench.Port.Write(FabricBench.Request(DmaAccess.Write), data);
        data[0] = 9;
        bench.Scheduler.Run();

        Assert.Equal(0x0403_0201u, bench.Memory.ReadUInt32(0x1000));
    }

    [Fact]
    public void A_write_that_nothing_takes_is_told_to_observers_only()
    {
        FabricBench bench = new(0);
        MessageLog log = new();
        bench.Fabric.Observe(log);
        bench.Port.Write(FabricBench.Request(DmaAccess.Write, 0x100_0000), [1]);
        bench.Scheduler.Run();

        Assert.Equal(["sent 00:02.0 up write 0x1000000 +1 no PASID", "arriving 00:02.0 up write 0x1000000 +1 no PASID",
            "dropped 00:02.0 up write 0x1000000 +1 no PASID"], log.Lines);
        Assert.Empty(bench.Endpoint.Arrived);
    }

    [Fact]
    public void What_a_function_sent_before_it_was_pulled_out_still_travels_and_what_is_for_it_is_lost()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            FabricBench bench = new(seed);
            MessageLog log = new();
            bench.Fabric.Observe(log);
            bench.SendUp("write", 1);
            bench.SendUp("page", 2);
            bench.SendUp("read", 3);
            bench.SendDown("group", 4);
            bench.Port.Detach();
            bench.SendDown("invalidate", 5);
            bench.SendUp("write", 6);
            bench.Scheduler.Run();

            Assert.Equal(["page 2000", "read 3000", "write 1000"], bench.Agent.Arrived.Order());
            Assert.Empty(bench.Endpoint.Arrived);
            Assert.Equal(3, log.Lines.Count(line => line.StartsWith("lost", StringComparison.Ordinal)));
            Assert.Equal(uint.MaxValue, bench.Port.Registers.Read32(0));
            Assert.False(bench.Port.Portals[0].TryEnqueue(new byte[64], new Pasid(1)));
        }
    }

    [Fact]
    public void Messages_go_to_the_unit_a_function_is_behind_and_come_only_from_it()
    {
        FabricBench bench = new(0);
        UnitPort other = bench.Fabric.AddUnit("dmar1");
        RecordingAgent otherAgent = new(bench.Memory);
        other.Connect(otherAgent);
        RecordingEndpoint neighbour = new(FabricBench.Function);
        EndpointPort port = other.Attach(neighbour);

        port.Write(FabricBench.Request(DmaAccess.Write), [1]);
        other.Send(new InvalidateRequestMessage(FabricBench.Function, 1, 0));
        bench.Scheduler.Run();

        Assert.Equal(["write 1000"], otherAgent.Arrived);
        Assert.Equal(["invalidate 1"], neighbour.Arrived);
        Assert.Empty(bench.Agent.Arrived);
        Assert.Empty(bench.Endpoint.Arrived);
    }

    [Fact]
    public void One_place_takes_one_function_until_it_is_pulled_out()
    {
        FabricBench bench = new(0);
        Assert.Throws<ArgumentException>(() => bench.Unit.Attach(new RecordingEndpoint(FabricBench.Function)));
        Assert.Throws<InvalidOperationException>(() => bench.Unit.Connect(bench.Agent));

        bench.Port.Detach();
        Assert.True(bench.Unit.Attach(new RecordingEndpoint(FabricBench.Function)).IsAttached);
    }

    [Fact]
    public void An_interrupt_arrives_in_a_step_of_its_own_at_the_controller()
    {
        FabricBench bench = new(0);
        int handled = 0;
        using IInterruptVector vector = bench.Interrupts.Allocate("v", () => handled++);
        bench.Unit.Send(vector.Message);
        Assert.Equal(0, bench.Interrupts.Delivered);

        bench.Scheduler.Run();

        Assert.Equal(1, handled);
    }

    [Fact]
    public void An_enqueued_command_carries_the_pasid_and_privilege_of_its_sender_whatever_it_says_itself()
    {
        FabricBench bench = new(0);
        byte[] command = new byte[64];
        Array.Fill(command, (byte)0xFF);

        Assert.True(bench.Port.Portals[0].TryEnqueue(command, new Pasid(0x12345)));
        Assert.Equal([0x45, 0x23, 0xF1, 0x7F, 0xFF], bench.Endpoint.LastCommand[..5]);
        Assert.True(bench.Port.Portals[0].TryEnqueue(command, new Pasid(0x12345), privileged: true));
        Assert.Equal(0xFF, bench.Endpoint.LastCommand[3]);

        bench.Endpoint.AcceptsCommands = false;
        Assert.False(bench.Port.Portals[0].TryEnqueue(command, new Pasid(1)));
        Assert.Throws<ArgumentException>(() => bench.Port.Portals[0].TryEnqueue(new byte[63], new Pasid(1)));
    }

    [Fact]
    public void A_posted_command_arrives_as_it_was_written()
    {
        FabricBench bench = new(0);
        byte[] command = [.. Enumerable.Range(0, 64).Select(number => (byte)number)];
        bench.Port.Portals[0].Post(command);
        Assert.Empty(bench.Endpoint.Arrived);
        bench.Scheduler.Run();

        Assert.Equal(command, bench.Endpoint.LastCommand);
    }

    [Fact]
    public void The_same_seed_gives_the_same_messages_and_another_seed_others()
    {
        Assert.Equal(TraceOf(11), TraceOf(11));
        Assert.NotEqual(TraceOf(11), TraceOf(12));

        static List<string> TraceOf(ulong seed)
        {
            FabricBench bench = new(seed);
            MessageLog log = new();
            bench.Fabric.Observe(log);
            foreach (string kind in new[] { "write", "read", "page", "translate", "atomic", "completion" })
            {
                for (int number = 0; number < 5; number++)
                    bench.SendUp(kind, number);
            }

            bench.Scheduler.Run();
            return log.Lines;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Messages_allocate_nothing_once_the_fabric_is_warm(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        Fabric fabric = new(scheduler, new InterruptController(scheduler));
        UnitPort unit = fabric.AddUnit("dmar0");
        unit.Connect(new SilentUnit());
        EndpointPort port = unit.Attach(new SilentEndpoint(FabricBench.Function));
        byte[] data = new byte[256];
        Exchange(200);

        Assert.Equal(0, SteadyState.AllocatedBy(() => Exchange(100)));

        void Exchange(int times)
        {
            for (int number = 0; number < times; number++)
            {
                port.Write(FabricBench.Request(DmaAccess.Write), data);
                port.Read(number, FabricBench.Request(DmaAccess.Read), 512);
                port.Translate(number, new TranslationRequest(FabricBench.Function, 0, 8, NoWrite: false));
                port.Send(new PageRequestMessage(FabricBench.Function, 0, 1, Read: true, Write: true, IsLast: true));
                unit.Send(new InvalidateRequestMessage(FabricBench.Function, 1, 0));
                if (number % 20 == 0)
                    scheduler.Run();
            }

            scheduler.Run();
        }
    }
}
