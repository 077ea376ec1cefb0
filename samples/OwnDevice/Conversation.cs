using System.Text;
using IoAsid.Typed.Iommu;

namespace OwnDevice;

/// <summary>Two processes on one network card: the client sends from its memory, and the server receives in its own.</summary>
public sealed class Conversation : IAsyncDisposable
{
    private readonly IommuSubsystem _iommu;
    private readonly NicRing _send;
    private readonly NicRing _receive;

    private Conversation(IommuSubsystem iommu, NicRing send, NicRing receive)
    {
        _iommu = iommu;
        _send = send;
        _receive = receive;
    }

    /// <summary>The process that sends.</summary>
    public ProcessAddressSpace Client => _send.Bond.AddressSpace;

    /// <summary>The process that receives.</summary>
    public ProcessAddressSpace Server => _receive.Bond.AddressSpace;

    /// <summary>The number of page requests.</summary>
    public long PageRequests => _iommu.PageRequestStatistics.Requests;

    /// <summary>Starts the operating system's side, binds both processes, and opens both queues.</summary>
    public static async Task<Conversation> StartAsync(NicMachine machine)
    {
        IommuSubsystem iommu = await IommuSubsystem.StartAsync(machine.Machine);
        IommuDevice device = await iommu.AddAsync(machine.Nic);
        await device.EnableSharedVirtualAddressingAsync();
        NicDriver driver = new(device);
        SvaBond client = await iommu.BindAsync(device, iommu.CreateProcess("client"));
        SvaBond server = await iommu.BindAsync(device, iommu.CreateProcess("server"));
        return new Conversation(iommu, await driver.OpenAsync(NicQueueKind.Send, client), await driver.OpenAsync(NicQueueKind.Receive, server));
    }

    /// <summary>Returns memory of a process that has no page yet.</summary>
    public static AddressRange Allocate(ProcessAddressSpace process) => process.Map(AddressRange.PageSize, MemoryRights.ReadWrite).Range;

    /// <summary>Sends a text from the client to a buffer of the server.</summary>
    /// <returns>The status of the frame.</returns>
    public async Task<NicStatus> SendAsync(string text, AddressRange buffer)
    {
        byte[] frame = Encoding.UTF8.GetBytes(text);
        AddressRange source = Allocate(Client);
        await Client.WriteAsync(source.Start, frame);
        ulong received = await _receive.SubmitAsync(buffer.Start, (int)buffer.Length);
        ulong sent = await _send.SubmitAsync(source.Start, frame.Length);
        NicDescriptor result = await _send.CompleteAsync(sent);
        return result.Status == NicStatus.Done ? (await _receive.CompleteAsync(received)).Status : result.Status;
    }

    /// <summary>Reads a text as the server does.</summary>
    /// <returns>The text in the buffer, without the zeros after it.</returns>
    public async Task<string> ReadAsync(AddressRange buffer)
    {
        byte[] bytes = new byte[EmulatedNic.LongestFrame];
        await Server.ReadAsync(buffer.Start, bytes);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0');
    }

    /// <summary>Stops the card, then disposes the bonds and the subsystem.</summary>
    public async ValueTask DisposeAsync()
    {
        await _send.DisposeAsync();
        await _receive.DisposeAsync();
        await _send.Bond.DisposeAsync();
        await _receive.Bond.DisposeAsync();
        await _iommu.DisposeAsync();
    }
}
