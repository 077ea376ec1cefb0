using IoAsid.Typed;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using Samples;
using VfioGuest;

namespace UserPageRequests;

/// <summary>The run on an emulated machine: two guests and an auxiliary domain share a DMA engine.</summary>
internal sealed class EmulatedRun(SampleMachine machine, Account account)
{
    private const int AuxiliaryQueue = 1;
    private const ulong Window = 0x10_0000;
    private const ulong Unmapped = 0x4000_0000;

    private readonly PageRequestServer _server = new();

    public async Task PlayAsync()
    {
        IommuSubsystem host = await IommuSubsystem.StartAsync(machine.Hardware);
        IommuDevice device = await host.AddAsync(machine.Engines[0]);
        await device.EnableSharedVirtualAddressingAsync();
        DmaEngineDriver engine = new(device);
        engine.OpenShared(GuestProcess.Queue);
        IoAsidSet<Guest> guests = new IoAsidSpace().CreateSet<Guest>("guests");
        EmulatedGuest first = await EmulatedGuest.StartAsync(host, engine, guests, _server, "vm-1");
        EmulatedGuest second = await EmulatedGuest.StartAsync(host, engine, guests, _server, "vm-2");

        account.Step("The engine fills pages of two guests. None is present, so the engine requests them. One server serves both guests.");
        await FillAsync(first);
        await FillAsync(second);

        account.Step("The engine fills an address that vm-2 does not have.");
        DmaStatus status = await second.Process.FillAsync(machine.Hardware.Scheduler, Unmapped);
        account.Happened($"{second.Name}: {status}; the server has refused {_server.Refused}");

        account.Step("The engine requests a page of an auxiliary domain. Its PASID is in another set, so the host refuses the request.");
        await AskByAuxiliaryAsync(host, engine);
        account.Happened($"the server has served {first.Served + second.Served} groups and refused {_server.Refused}; the host has refused {host.PageRequestStatistics.Refused}");

        await first.TerminateAsync();
        await second.TerminateAsync();
        await host.DisposeAsync();
    }

    private async Task FillAsync(EmulatedGuest guest)
    {
        DmaStatus status = await guest.Process.FillAsync(machine.Hardware.Scheduler);
        account.Happened($"{guest.Name}: {GuestProcess.Pages} pages filled: {status}; the server served {guest.Served} groups of it");
    }

    private async Task AskByAuxiliaryAsync(IommuSubsystem host, DmaEngineDriver engine)
    {
        AuxiliaryDomain domain = host.CreateAuxiliaryDomain("buffers");
        ulong frame = host.Frames.Allocate();
        AddressRange page = new(Window, AddressRange.PageSize);
        await domain.Domain.MapAsync(page, frame, MemoryRights.ReadWrite);
        await using (AuxiliaryAttachment attachment = await domain.AttachAsync(engine.Device))
        {
            engine.OpenDedicated(AuxiliaryQueue, attachment.Pasid);
            engine.Post(AuxiliaryQueue, new DmaDescriptor
            {
                Operation = DmaOperation.Fill,
                Flags = DmaDescriptorFlags.BlockOnFault | DmaDescriptorFlags.RequestCompletion,
                CompletionRecord = Window,
                Destination = Unmapped,
                Length = AddressRange.PageSize,
            });
            await machine.Hardware.Scheduler.WaitUntil(() => machine.Hardware.PhysicalMemory.ReadUInt64(frame) != 0, TimeSpan.FromSeconds(1));
            account.Happened($"the auxiliary domain: {(DmaStatus)(byte)machine.Hardware.PhysicalMemory.ReadUInt64(frame)}");
            engine.Close(AuxiliaryQueue);
            await engine.StopAsync(attachment.Pasid);
        }

        await domain.Domain.UnmapAsync(page);
        domain.Domain.Free();
        host.Frames.Free(frame);
    }
}
