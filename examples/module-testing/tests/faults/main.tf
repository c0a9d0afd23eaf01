# Injects faults into the emulator. A real platform refuses this request.

terraform {
  required_version = ">= 1.11"

  # The provider block of the test is passed to this module as well.
  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

variable "faults" {
  description = "The faults, as PUT /_emulator/faults takes them."
  type = list(object({
    method = optional(string)
    path   = optional(string)
    when   = optional(string)
    status = optional(number)
    drop   = optional(bool)
    times  = optional(number)
  }))
}

resource "terraform_data" "faults" {
  input = var.faults

  provisioner "local-exec" {
    command = "curl --fail --silent --show-error -X PUT -H 'X-Emulator-Control: test' --data \"$FAULTS\" \"$EASEMOB_BASE_URL/_emulator/faults\""
    environment = {
      FAULTS = jsonencode([for fault in var.faults : { for key, value in fault : key => value if value != null }])
    }
  }
}
