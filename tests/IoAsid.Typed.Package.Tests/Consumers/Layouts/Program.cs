using Device;

StatusRegister status = new() { Enabled = true, QueueDepth = 200 };
byte[] bytes = new byte[StatusRegister.SizeInBytes];
status.WriteBytes(bytes);
Console.WriteLine(status);
Console.WriteLine(Convert.ToHexString(bytes));
Console.WriteLine(StatusRegister.FromBytes(bytes) with { Enabled = false });
